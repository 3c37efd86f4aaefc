import type { Hex } from "viem";
import type { EpochLine, ProbeLine } from "../../node/core/evidence/lines.ts";
import { createNonce, signAnswer } from "../../node/core/evidence/probe.ts";
import { slotsPerEpoch } from "../../node/core/evidence/score.ts";
import type { Identity } from "../../node/core/identity/index.ts";
import { domain } from "./identities.ts";

/** An epoch of an hour for tests of evidence. */
export const epochLengthS = 3_600;
export const testEpoch = 497_000;
export const slotMs = (epochLengthS * 1_000) / slotsPerEpoch;
export const epochStartMs = testEpoch * epochLengthS * 1_000;

/** A probe as a prober notes it: answered by the node, or not. */
export async function probeOf(
  prober: Identity,
  node: Identity,
  options: { slot?: number; latencyMs?: number | null; sentAtMs?: number } = {},
): Promise<ProbeLine> {
  const { slot = 0, latencyMs = 20, sentAtMs = epochStartMs + slot * slotMs + 11 } = options;
  const nonce = createNonce(sentAtMs);
  const line = { kind: "probe", prober: prober.peerId, node: node.peerId, nonce } as const;
  if (latencyMs === null) return { ...line, latencyMs, mlDsaKeyHash: null, signature: null };
  return { ...line, latencyMs, ...(await signAnswer(node, prober.peerId, nonce, domain)) };
}

export const epochLine = (fields: Partial<EpochLine> = {}): EpochLine => ({
  kind: "epoch",
  version: 1,
  chainId: domain.chainId,
  nexus: domain.nexusAddress,
  epoch: testEpoch,
  epochLengthS,
  blockNumber: 7,
  previous: null,
  ...fields,
});

/** What the chain would say of nodes: numbered in their sequence, all of one group, with the same score. */
export const registeredAs = (peerIds: readonly Hex[], before = 50) =>
  new Map(
    peerIds.map((peerId, index) => [
      peerId,
      { number: index + 1, region: "europe", nodeType: "light_public", before } as const,
    ]),
  );
