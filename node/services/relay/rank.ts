import type { Hex } from "viem";
import { byLot, byNearness, measureLatencies } from "../../core/nearest.ts";
import type { RelayDirectory } from "./directory.ts";

/** Asked how near they are, for each relay that is missing: enough to find a near one, and few, as each costs a handshake. */
const measuredPerMissing = 2;

export interface RankDeps {
  weigh: RelayDirectory["weigh"];
  /** A round trip to the relay, connecting first where needed. */
  roundTripMs(relay: Hex, signal: AbortSignal): Promise<number>;
  random?: () => number;
}

/**
 * The order in which relays are tried: some are drawn by lot, the better scored the more often, and the nearest of these
 * come first; those that do not answer come last.
 */
export async function rankRelays(
  relays: readonly Hex[],
  missing: number,
  { weigh, roundTripMs, random }: RankDeps,
  signal: AbortSignal,
): Promise<Hex[]> {
  if (relays.length <= missing) return [...relays];
  const chance = { weight: await weigh(relays), random };
  const drawn = byLot(relays, chance);
  const asked = drawn.splice(0, missing * measuredPerMissing);
  const latencies = await measureLatencies(asked, roundTripMs, signal);
  const { answered = [], silent = [] } = Object.groupBy(asked, (relay) =>
    latencies.has(relay) ? "answered" : "silent",
  );
  return [...byNearness(answered, (relay) => latencies.get(relay), chance), ...drawn, ...silent];
}
