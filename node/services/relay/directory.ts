import { randomBytes } from "node:crypto";
import type { Hex } from "viem";
import type { Nexus } from "../../core/chain/index.ts";

/** Read from the contract for a region: its best, those of one score in a rotation, so that not all crowd on the first. */
const relaysPerRegion = 8;
/** Scores change once an epoch. */
const scoreLifeMs = 10 * 60_000;
/** Of a relay whose score can't be read. */
const middlingScore = 50;

export interface RelayDirectoryDeps {
  nexus(): Pick<Nexus, "publicNodes" | "regions" | "scoreOf">;
  /** Where this node stands. */
  region(): string | undefined;
  now: () => number;
}

/** The public nodes that the contract lists for relaying; where the chain is away, those of the last list. */
export interface RelayDirectory {
  /** Those of our region, and those of the others. */
  list(): Promise<{ readonly ours: readonly Hex[]; readonly others: readonly Hex[] }>;
  /** How much sooner each is taken than one of weight 1, by its score on chain: one of 90 four times as often as one of 45. */
  weigh(relays: readonly Hex[]): Promise<(relay: Hex) => number>;
}

export function createRelayDirectory(deps: RelayDirectoryDeps): RelayDirectory {
  let last: Awaited<ReturnType<RelayDirectory["list"]>> = { ours: [], others: [] };
  const scores = new Map<Hex, { score: number; readAtMs: number }>();

  const read = async () => {
    const nexus = deps.nexus();
    const seed = BigInt(`0x${randomBytes(8).toString("hex")}`);
    const region = deps.region();
    const regions = await nexus.regions();
    const lists = await Promise.all(
      regions.map(async (name) => ({ name, relays: await nexus.publicNodes(name, relaysPerRegion, seed) })),
    );
    const relaysOf = (isOurs: boolean) =>
      lists.filter(({ name }) => (name === region) === isOurs).flatMap(({ relays }) => relays);
    return { ours: relaysOf(true), others: relaysOf(false) };
  };

  const scoreOf = async (relay: Hex): Promise<number> => {
    const known = scores.get(relay);
    if (known !== undefined && deps.now() - known.readAtMs < scoreLifeMs) return known.score;
    const score = await deps
      .nexus()
      .scoreOf(relay)
      .catch(() => known?.score ?? middlingScore);
    scores.set(relay, { score, readAtMs: deps.now() });
    return score;
  };

  return {
    async list() {
      last = await read().catch(() => last);
      const listed = new Set([...last.ours, ...last.others]);
      for (const relay of scores.keys()) if (!listed.has(relay)) scores.delete(relay);
      return last;
    },
    async weigh(relays) {
      const weights = new Map<Hex, number>();
      await Promise.all(relays.map(async (relay) => weights.set(relay, Math.max(1, await scoreOf(relay)) ** 2)));
      return (relay) => weights.get(relay) ?? middlingScore ** 2;
    },
  };
}
