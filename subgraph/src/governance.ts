import { Bytes, ethereum } from "@graphprotocol/graph-ts";
import { GovernanceEvent } from "../generated/schema";
import { eventId } from "./ids";

/** Keeps a decision of governance for who wants to look it up later. */
export function recordDecision(
  event: ethereum.Event,
  name: string,
  subject: string | null,
  value: string | null,
): void {
  const decision = new GovernanceEvent(eventId(event));
  decision.contract = event.address;
  decision.name = name;
  decision.subject = subject;
  decision.value = value;
  decision.timestamp = event.block.timestamp;
  decision.blockNumber = event.block.number;
  decision.transaction = event.transaction.hash;
  decision.save();
}

/** Null for the zero address, which means nobody. */
export function addressOrNull(address: Bytes): Bytes | null {
  for (let i = 0; i < address.length; i++) if (address[i] != 0) return address;
  return null;
}

export function yesOrNo(value: bool): string {
  return value ? "true" : "false";
}

export function handleEIP712DomainChanged(event: ethereum.Event): void {
  recordDecision(event, "EIP712DomainChanged", null, null);
}
