import { setTimeout as delay } from "node:timers/promises";

/** Once one has answered, one that is so much slower is not waited for. */
const graceMs = 250;
/** Whoever is within this of the nearest is as near. */
const sameWithin = { factor: 1.5, ms: 10 } as const;

export interface Chance<T> {
  /** One of twice the weight comes first twice as often. @default 1 for all */
  weight?: (entry: T) => number;
  /** Uniform in [0, 1). @default Math.random */
  random?: () => number;
}

/** By weighted lot (Efraimidis and Spirakis 2006, "Weighted random sampling with a reservoir"). */
export function byLot<T>(entries: readonly T[], { weight = () => 1, random = Math.random }: Chance<T> = {}): T[] {
  return entries
    .map((entry) => ({ entry, lot: Math.log(1 - random()) / weight(entry) }))
    .sort((a, b) => b.lot - a.lot)
    .map(({ entry }) => entry);
}

/**
 * The near ones, left to chance, so that load spreads; then the others of a known latency, nearest first; then those of
 * none, as they were given.
 */
export function byNearness<T>(
  entries: readonly T[],
  latencyMs: (entry: T) => number | undefined,
  chance: Chance<T> = {},
): T[] {
  const known = entries.flatMap((entry) => {
    const ms = latencyMs(entry);
    return ms === undefined ? [] : [{ entry, ms }];
  });
  const ordered = known.sort((a, b) => a.ms - b.ms);
  const fastest = ordered[0]?.ms ?? 0;
  const near = Math.max(fastest * sameWithin.factor, fastest + sameWithin.ms);
  const entriesOf = (list: typeof ordered) => list.map(({ entry }) => entry);
  return [
    ...byLot(entriesOf(ordered.filter(({ ms }) => ms <= near)), chance),
    ...entriesOf(ordered.filter(({ ms }) => ms > near)),
    ...entries.filter((entry) => latencyMs(entry) === undefined),
  ];
}

/** Asks all at once. Those that fail, or take much longer than the first, are not in the answer. */
export async function measureLatencies<T>(
  entries: readonly T[],
  ask: (entry: T, signal: AbortSignal) => Promise<number>,
  signal: AbortSignal,
): Promise<Map<T, number>> {
  const settled = new AbortController();
  const limit = AbortSignal.any([signal, settled.signal]);
  const latencies = new Map<T, number>();
  const asked = entries.map(async (entry) => {
    const latencyMs = await ask(entry, limit);
    if (!limit.aborted) latencies.set(entry, latencyMs);
  });
  const all = Promise.allSettled(asked);
  // Where none answers, each has failed by then.
  await Promise.any(asked).catch(() => undefined);
  await Promise.race([all, delay(graceMs, undefined, { signal: limit }).catch(() => undefined)]);
  settled.abort();
  return latencies;
}
