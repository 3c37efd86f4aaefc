import { BigInt, Bytes } from "@graphprotocol/graph-ts";
import {
  CallExecuted,
  CallSalt,
  CallScheduled,
  Cancelled,
  MinDelayChange,
  RoleAdminChanged,
  RoleGranted,
  RoleRevoked,
} from "../generated/NexusTimelock/NexusTimelock";
import { Timelock, TimelockCall, TimelockOperation, TimelockRole, TimelockRoleAdmin } from "../generated/schema";

function loadTimelock(address: Bytes): Timelock {
  const known = Timelock.load(address);
  if (known !== null) return known;
  const timelock = new Timelock(address);
  timelock.minDelay = BigInt.zero();
  timelock.save();
  return timelock;
}

function callId(operation: Bytes, index: BigInt): Bytes {
  return operation.concatI32(index.toI32());
}

/** Once for each call of the operation. An operation that was cancelled may be scheduled anew. */
export function handleCallScheduled(event: CallScheduled): void {
  const operation = new TimelockOperation(event.params.id);
  operation.timelock = loadTimelock(event.address).id;
  operation.status = "PENDING";
  operation.predecessor = event.params.predecessor;
  operation.delay = event.params.delay;
  operation.scheduledAt = event.block.timestamp;
  operation.readyAt = event.block.timestamp.plus(event.params.delay);
  operation.endedAt = null;
  operation.save();
  const call = new TimelockCall(callId(event.params.id, event.params.index));
  call.operation = operation.id;
  call.index = event.params.index;
  call.target = event.params.target;
  call.value = event.params.value;
  call.data = event.params.data;
  call.executed = false;
  call.save();
}

export function handleCallSalt(event: CallSalt): void {
  const operation = TimelockOperation.load(event.params.id);
  // An operation without calls is told by its salt alone, and does nothing.
  if (operation === null) return;
  operation.salt = event.params.salt;
  operation.save();
}

/** Once for each call; all calls of an operation are executed in one transaction, or none. */
export function handleCallExecuted(event: CallExecuted): void {
  end(event.params.id, "DONE", event.block.timestamp);
  const call = TimelockCall.load(callId(event.params.id, event.params.index));
  if (call === null) return;
  call.executed = true;
  call.save();
}

export function handleCancelled(event: Cancelled): void {
  end(event.params.id, "CANCELLED", event.block.timestamp);
}

function end(id: Bytes, status: string, timestamp: BigInt): void {
  const operation = TimelockOperation.load(id);
  if (operation === null) return;
  operation.status = status;
  operation.endedAt = timestamp;
  operation.save();
}

export function handleMinDelayChange(event: MinDelayChange): void {
  const timelock = loadTimelock(event.address);
  timelock.minDelay = event.params.newDuration;
  timelock.save();
}

export function handleRoleGranted(event: RoleGranted): void {
  setRole(event.address, event.params.role, event.params.account, true);
}

export function handleRoleRevoked(event: RoleRevoked): void {
  setRole(event.address, event.params.role, event.params.account, false);
}

function setRole(address: Bytes, role: Bytes, account: Bytes, granted: bool): void {
  const holder = new TimelockRole(address.concat(role).concat(account));
  holder.timelock = loadTimelock(address).id;
  holder.role = role;
  holder.account = account;
  holder.granted = granted;
  holder.save();
}

export function handleRoleAdminChanged(event: RoleAdminChanged): void {
  const admin = new TimelockRoleAdmin(event.address.concat(event.params.role));
  admin.timelock = loadTimelock(event.address).id;
  admin.role = event.params.role;
  admin.adminRole = event.params.newAdminRole;
  admin.save();
}
