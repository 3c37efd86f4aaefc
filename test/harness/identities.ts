import { createIdentity, type Identity } from "../../node/core/identity/index.ts";
import { type SignedRecord, type StatementDomain, signRecord, verifyRecord } from "../../node/core/records/index.ts";

/** The chain and contract that test records are made for. */
export const domain: StatementDomain = { chainId: 31337, nexusAddress: "0x00000000000000000000000000000000000000aa" };

/** 32 bytes that all are `n`. */
export const seedOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);

const made = new Map<number, Identity>();

/** The same identity for the same number, 1 to 255, each time. */
export function identityOf(n: number): Identity {
  const identity = made.get(n) ?? createIdentity(seedOf(n));
  made.set(n, identity);
  return identity;
}

export const verifyAt =
  (now: () => number = Date.now) =>
  (signed: SignedRecord) =>
    verifyRecord(signed, { domain, nowMs: now() });

/** A signed record of a node at the given addresses. */
export function recordOf(
  identity: Identity,
  fields: Partial<Omit<Parameters<typeof signRecord>[1], "nowMs">> & { nowMs?: number } = {},
): Promise<SignedRecord> {
  const nowMs = fields.nowMs ?? Date.now();
  return signRecord(identity, { addresses: [], relays: [], sequence: nowMs, ...fields, nowMs }, domain);
}
