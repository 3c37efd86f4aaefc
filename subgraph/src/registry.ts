import { Address, ethereum } from "@graphprotocol/graph-ts";
import {
  BackboneApprovalSet,
  Initialized,
  MinimumStakeSet,
  OwnershipTransferred,
  OwnershipTransferStarted,
  Paused,
  PauserSet,
  RegionSet,
  RelayPriceSet,
  ScorerSet,
  SlasherSet,
  UnbondingPeriodSet,
  Unpaused,
  Upgraded,
} from "../generated/NodeNexus/NodeNexus";
import { NamedContract } from "../generated/schema";
import { Reputation, Slashing } from "../generated/templates";
import { addressOrNull, recordDecision, yesOrNo } from "./governance";
import { loadOperator } from "./operators";
import { loadRegion, nodeTypeOf } from "./regions";
import { loadRegistry } from "./totals";

export function handleBackboneApprovalSet(event: BackboneApprovalSet): void {
  const operator = loadOperator(event.params.operator);
  operator.approvedBackbone = event.params.approved;
  operator.save();
  const address = event.params.operator.toHexString();
  recordDecision(event, "BackboneApprovalSet", address, yesOrNo(event.params.approved));
}

export function handleRegionSet(event: RegionSet): void {
  const region = loadRegion(event.params.region);
  region.open = event.params.open;
  region.save();
  recordDecision(event, "RegionSet", region.name, yesOrNo(event.params.open));
}

export function handleMinimumStakeSet(event: MinimumStakeSet): void {
  const nodeType = nodeTypeOf(event.params.nodeType);
  const registry = loadRegistry(event);
  // Nodes of the third type need no stake, whatever governance wants.
  if (nodeType == "BACKBONE_AUTH") registry.backboneMinimum = event.params.amount;
  else registry.publicMinimum = event.params.amount;
  registry.save();
  recordDecision(event, "MinimumStakeSet", nodeType, event.params.amount.toString());
}

export function handleUnbondingPeriodSet(event: UnbondingPeriodSet): void {
  const registry = loadRegistry(event);
  const period = event.params.period;
  registry.unbondingPeriod = period;
  if (period > registry.longestUnbondingPeriod) registry.longestUnbondingPeriod = period;
  registry.save();
  recordDecision(event, "UnbondingPeriodSet", null, period.toString());
}

export function handleRelayPriceSet(event: RelayPriceSet): void {
  const registry = loadRegistry(event);
  registry.relayPricePerGiB = event.params.weiPerGiB;
  registry.save();
  recordDecision(event, "RelayPriceSet", null, event.params.weiPerGiB.toString());
}

export function handleScorerSet(event: ScorerSet): void {
  const registry = loadRegistry(event);
  registry.scorer = addressOrNull(event.params.scorer);
  registry.save();
  if (isNew("scorer", event.params.scorer, event)) Reputation.create(event.params.scorer);
  recordDecision(event, "ScorerSet", null, event.params.scorer.toHexString());
}

export function handleSlasherSet(event: SlasherSet): void {
  const registry = loadRegistry(event);
  registry.slasher = addressOrNull(event.params.slasher);
  registry.save();
  if (isNew("slasher", event.params.slasher, event)) Slashing.create(event.params.slasher);
  recordDecision(event, "SlasherSet", null, event.params.slasher.toHexString());
}

/** Whether a contract is to be followed from now on: once named, it is followed for good. */
function isNew(role: string, address: Address, event: ethereum.Event): bool {
  const id = role.concat("-").concat(address.toHexString());
  if (addressOrNull(address) === null || NamedContract.load(id) !== null) return false;
  const named = new NamedContract(id);
  named.address = address;
  named.role = role;
  named.timestamp = event.block.timestamp;
  named.save();
  return true;
}

export function handlePauserSet(event: PauserSet): void {
  const registry = loadRegistry(event);
  registry.pauser = addressOrNull(event.params.pauser);
  registry.save();
  recordDecision(event, "PauserSet", null, event.params.pauser.toHexString());
}

export function handlePaused(event: Paused): void {
  setPaused(event, true);
  recordDecision(event, "Paused", null, event.params.account.toHexString());
}

export function handleUnpaused(event: Unpaused): void {
  setPaused(event, false);
  recordDecision(event, "Unpaused", null, event.params.account.toHexString());
}

function setPaused(event: ethereum.Event, paused: bool): void {
  const registry = loadRegistry(event);
  registry.paused = paused;
  registry.save();
}

export function handleOwnershipTransferStarted(event: OwnershipTransferStarted): void {
  const registry = loadRegistry(event);
  registry.pendingOwner = addressOrNull(event.params.newOwner);
  registry.save();
  recordDecision(event, "OwnershipTransferStarted", null, event.params.newOwner.toHexString());
}

export function handleOwnershipTransferred(event: OwnershipTransferred): void {
  const registry = loadRegistry(event);
  registry.owner = addressOrNull(event.params.newOwner);
  registry.pendingOwner = null;
  registry.save();
  recordDecision(event, "OwnershipTransferred", null, event.params.newOwner.toHexString());
}

export function handleUpgraded(event: Upgraded): void {
  const registry = loadRegistry(event);
  registry.implementation = event.params.implementation;
  registry.save();
  recordDecision(event, "Upgraded", null, event.params.implementation.toHexString());
}

export function handleInitialized(event: Initialized): void {
  const registry = loadRegistry(event);
  registry.version = event.params.version;
  registry.save();
  recordDecision(event, "Initialized", null, event.params.version.toString());
}
