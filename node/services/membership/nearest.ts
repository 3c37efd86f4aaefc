import { byNearness, measureLatencies } from "../../core/nearest.ts";
import type { BackboneEntry } from "./directory.ts";

/** Asked at once at the most; a region has a handful. */
const maxMeasured = 16;

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
  { ask, region, random }: NearestDeps,
  signal: AbortSignal,
): Promise<BackboneEntry[]> {
  const ours = entries.filter((entry) => entry.region !== null && entry.region === region);
  if (ours.length > 0 && ours.length < entries.length) {
    const ranked = await nearestFirst(ours, { ask, region, random }, signal);
    return [...ranked, ...entries.filter((entry) => !ours.includes(entry))];
  }
  if (entries.length < 2) return [...entries];
  const startedAt = performance.now();
  const answer = async ({ url }: BackboneEntry, limit: AbortSignal) => {
    await ask(url, limit);
    return performance.now() - startedAt;
  };
  const latencies = await measureLatencies(entries.slice(0, maxMeasured), answer, signal);
  return byNearness(entries, (entry) => latencies.get(entry), { random });
}
