import { BigInt, ethereum } from "@graphprotocol/graph-ts";
import {
  Initialized,
  OwnershipTransferred,
  OwnershipTransferStarted,
  Upgraded,
} from "../generated/RelayPayments/RelayPayments";
import { Payments } from "../generated/schema";
import { addressOrNull, recordDecision } from "./governance";

const PAYMENTS = "payments";

/** @param event - Of RelayPayments. */
export function loadPayments(event: ethereum.Event): Payments {
  const known = Payments.load(PAYMENTS);
  if (known !== null) return known;
  const payments = new Payments(PAYMENTS);
  payments.address = event.address;
  payments.version = BigInt.zero();
  payments.openChannels = 0;
  payments.channels = 0;
  payments.deposited = BigInt.zero();
  payments.redeemed = BigInt.zero();
  payments.refunded = BigInt.zero();
  return payments;
}

export function handleOwnershipTransferStarted(event: OwnershipTransferStarted): void {
  const payments = loadPayments(event);
  payments.pendingOwner = addressOrNull(event.params.newOwner);
  payments.save();
  recordDecision(event, "OwnershipTransferStarted", null, event.params.newOwner.toHexString());
}

export function handleOwnershipTransferred(event: OwnershipTransferred): void {
  const payments = loadPayments(event);
  payments.owner = addressOrNull(event.params.newOwner);
  payments.pendingOwner = null;
  payments.save();
  recordDecision(event, "OwnershipTransferred", null, event.params.newOwner.toHexString());
}

export function handleUpgraded(event: Upgraded): void {
  const payments = loadPayments(event);
  payments.implementation = event.params.implementation;
  payments.save();
  recordDecision(event, "Upgraded", null, event.params.implementation.toHexString());
}

export function handleInitialized(event: Initialized): void {
  const payments = loadPayments(event);
  payments.version = event.params.version;
  payments.save();
  recordDecision(event, "Initialized", null, event.params.version.toString());
}
