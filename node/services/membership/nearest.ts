import { setTimeout as delay } from "node:timers/promises";
import type { BackboneEntry } from "./directory.ts";

/** Asked at once at the most; a region has a handful. */
const maxMeasured = 16;
/** Once one has answered, a backbone that is so much slower is not waited for. */
const graceMs = 250;
/** A backbone within this of the fastest is as near. */
const sameWithin = { factor: 1.5, ms: 10 } as const;

export interface NearestDeps {
  /** Asks a backbone for something small. Resolves once it has answered; rejects where it does not. */
  ask(url: string, signal: AbortSignal): Promise<unknown>;
  /** Where this node stands. */
  region?: string | undefined;
  /** Uniform in [0, 1). @default Math.random */
  random?: () => number;
}

/**
 * Backbones by measured latency, which is that of the network and of a busy backbone alike: the near ones, left to
 * chance, so that nodes spread; then the others that answered, nearest first; then those that did not, as they were given.
 * Where some are of our region these alone are asked, and the rest follow: a mesh that starts must not ask all of all.
 */
export async function nearestFirst(
  entries: readonly BackboneEntry[],
  { ask, region, random = Math.random }: NearestDeps,
  signal: AbortSignal,
): Promise<BackboneEntry[]> {
  const ours = entries.filter((entry) => entry.region !== null && entry.region === region);
  if (ours.length > 0 && ours.length < entries.length) {
    const ranked = await nearestFirst(ours, { ask, region, random }, signal);
    return [...ranked, ...entries.filter((entry) => !ours.includes(entry))];
  }
  if (entries.length < 2) return [...entries];
  const latencies = await measure(entries.slice(0, maxMeasured), ask, signal);
  const answered = [...latencies].sort(([, a], [, b]) => a - b);
  const fastest = answered[0]?.[1] ?? 0;
  const near = Math.max(fastest * sameWithin.factor, fastest + sameWithin.ms);
  const close = answered.filter(([, latency]) => latency <= near).map(([entry]) => ({ entry, lot: random() }));
  return [
    ...close.sort((a, b) => a.lot - b.lot).map(({ entry }) => entry),
    ...answered.filter(([, latency]) => latency > near).map(([entry]) => entry),
    ...entries.filter((entry) => !latencies.has(entry)),
  ];
}

async function measure(
  entries: readonly BackboneEntry[],
  ask: NearestDeps["ask"],
  signal: AbortSignal,
): Promise<Map<BackboneEntry, number>> {
  const settled = new AbortController();
  const limit = AbortSignal.any([signal, settled.signal]);
  const latencies = new Map<BackboneEntry, number>();
  const startedAt = performance.now();
  const asked = entries.map(async (entry) => {
    await ask(entry.url, limit);
    if (!limit.aborted) latencies.set(entry, performance.now() - startedAt);
  });
  const all = Promise.allSettled(asked);
  // Where none answers, each has failed by then.
  await Promise.any(asked).catch(() => undefined);
  await Promise.race([all, delay(graceMs, undefined, { signal: limit }).catch(() => undefined)]);
  settled.abort();
  return latencies;
}
