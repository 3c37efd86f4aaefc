import type { Hex } from "viem";
import { backboneRoutes } from "../../backbone/api.ts";
import { createBackboneClient } from "../../backbone/client.ts";
import { type Chain, chainErrors, createReputation, type EpochRoot } from "../../core/chain/index.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { type Evidence, readEvidence } from "../../core/evidence/evidence.ts";
import { replayNode } from "../../core/evidence/replay.ts";
import { lookupFloor } from "../../core/evidence/score.ts";
import type { Overlay } from "../../core/overlay/index.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";
import type { Replay } from "./api.ts";
import { healthErrors } from "./errors.ts";

const requestTimeoutMs = 20_000;
const dhtTimeoutMs = 5_000;

export interface ScoresDeps {
  chain: Chain;
  overlay: Pick<Overlay, "evidence">;
  /** The contract's backbones that have an endpoint. */
  backbones(): Promise<readonly { url: string }[]>;
}

type Source = Replay["sources"][number];

export interface Scores {
  /** @throws CHAIN_UNREACHABLE, WRONG_CHAIN, NO_CONTRACT, NODE_UNKNOWN */
  scoreOf(peerId: Hex): Promise<{
    peerId: Hex;
    score: number;
    lookedUp: boolean;
    epoch: number | null;
    epochLengthS: number | null;
  }>;
  /** The evidence of a root. @throws CHAIN_UNREACHABLE, WRONG_CHAIN, NO_CONTRACT, EVIDENCE_UNAVAILABLE */
  evidence(of: EpochRoot, signal: AbortSignal): Promise<{ lines: string[]; sources: Source[] }>;
  /** @throws what `scoreOf` throws, NO_SCORES, NODE_NOT_RATED, EVIDENCE_UNAVAILABLE, EVIDENCE_INVALID */
  replay(peerId: Hex, signal: AbortSignal): Promise<Replay>;
}

/** What the chain says of scores, and what the evidence says of what the chain says. */
export function createScores(deps: ScoresDeps): Scores {
  const { chain } = deps;

  async function scoreOnChain(peerId: Hex): Promise<number> {
    chain.requireConnected();
    const registration = await answered(chain.nexus.registrationOf(peerId));
    if (registration === null) throw new ShadowMeshError(healthErrors.NODE_UNKNOWN, { details: { peerId } });
    return answered(chain.nexus.scoreOf(peerId));
  }

  /** Asks every backbone, and whom the DHT names, for one evidence; one that has the root is as good as any. */
  async function collect(of: EpochRoot, signal: AbortSignal): Promise<{ evidence: Evidence; sources: Source[] }> {
    const listed = (await answered(deps.backbones())).map(({ url }) => url);
    const limit = AbortSignal.any([signal, timeoutSignal(dhtTimeoutMs)]);
    const named = await deps.overlay.evidence.get(of.root, limit).catch(() => null);
    const urls = [...new Set([...listed, ...(named === null ? [] : [named.url])])];
    const found = await Promise.all(urls.map(async (url) => ({ url, ...(await fetchFrom(url, of, signal)) })));
    const evidence = found.find((one) => one.state === "same")?.evidence;
    const sources = found.map(({ url, state }) => ({ url, state }));
    if (evidence === undefined)
      throw new ShadowMeshError(healthErrors.EVIDENCE_UNAVAILABLE, { details: { ...of, sources } });
    return { evidence, sources };
  }

  async function replayOnce(peerId: Hex, signal: AbortSignal): Promise<Replay> {
    const reputation = await answered(createReputation(chain));
    const last = reputation && (await answered(reputation.last()));
    if (!reputation || !last) throw new ShadowMeshError(healthErrors.NO_SCORES);
    let sources: Source[] = [];
    const { epochLengthS } = reputation;
    const node = await replayNode(
      peerId,
      last,
      { domain: chain.statementDomain, epochLengthS },
      {
        async evidenceOf(of) {
          const found = await collect(of, signal);
          if (of === last) sources = found.sources;
          return found.evidence;
        },
        rootOf: (epoch) => answered(reputation.rootOf(epoch)),
      },
    );
    if (node === null) throw new ShadowMeshError(healthErrors.NODE_NOT_RATED, { details: { peerId, ...last } });
    const score = await scoreOnChain(peerId);
    return { peerId, ...last, score, agrees: score === node.expected, ...node, history: [...node.history], sources };
  }

  return {
    async scoreOf(peerId) {
      const score = await scoreOnChain(peerId);
      const reputation = await answered(createReputation(chain));
      const last = reputation && (await answered(reputation.last()));
      const epochLengthS = reputation?.epochLengthS ?? null;
      return { peerId, score, lookedUp: score >= lookupFloor, epoch: last?.epoch ?? null, epochLengthS };
    },
    async evidence(of, signal) {
      chain.requireConnected();
      const { evidence, sources } = await collect(of, signal);
      return { lines: [...evidence.lines], sources };
    },
    async replay(peerId, signal) {
      await scoreOnChain(peerId);
      const first = await replayOnce(peerId, signal);
      // Scores of a newer epoch may have come on chain in between.
      return first.agrees ? first : replayOnce(peerId, signal);
    },
  };
}

async function fetchFrom(
  url: string,
  of: EpochRoot,
  signal: AbortSignal,
): Promise<{ state: "same"; evidence: Evidence } | { state: "different" | "unavailable"; evidence?: never }> {
  const client = createBackboneClient({ baseUrl: url, timeoutMs: requestTimeoutMs });
  const answer = await client.call(backboneRoutes.evidence, { ...of }, { signal }).catch(() => null);
  if (answer === null) return { state: "unavailable" };
  try {
    const evidence = readEvidence(answer.lines);
    return evidence.tree.root === of.root ? { state: "same", evidence } : { state: "different" };
  } catch {
    return { state: "different" };
  }
}

async function answered<T>(read: Promise<T>): Promise<T> {
  return read.catch((cause: unknown) => {
    if (ShadowMeshError.is(cause)) throw cause;
    throw new ShadowMeshError(chainErrors.CHAIN_UNREACHABLE, { cause });
  });
}
