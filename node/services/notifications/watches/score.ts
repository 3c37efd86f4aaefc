import type { Hex } from "viem";
import type { Chain } from "../../../core/chain/index.ts";
import type { Registration } from "../../../core/schema.ts";
import type { Cause } from "../cause.ts";

export interface ScoreDeps {
  peerId: Hex;
  chain: Pick<Chain, "state" | "nexus">;
  registration(): Registration | null;
}

/**
 * Reads the score and compares it with the one that was seen before: on chain it changes once an epoch. A node that is
 * not active has none; null where the chain does not answer.
 */
export function createScoreWatch({ scoreDropPoints }: { scoreDropPoints: number }, deps: ScoreDeps) {
  return async (before: number | null): Promise<{ score: number | null; fell: Cause | null } | null> => {
    if (deps.chain.state !== "connected") return null;
    if (deps.registration()?.active !== true) return { score: null, fell: null };
    const score = await deps.chain.nexus.scoreOf(deps.peerId);
    const fell = before !== null && before - score > scoreDropPoints;
    if (!fell) return { score, fell: null };
    const link = `/network/node/?id=${deps.peerId}`;
    return { score, fell: { key: "score", text: "scoreDropped", values: { before, after: score }, link } };
  };
}
