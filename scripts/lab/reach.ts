import { randomInt } from "node:crypto";
import type { Hex } from "viem";
import { daemonRoutes } from "../../node/api/daemon.ts";
import { ShadowMeshError } from "../../node/core/errors.ts";
import { discoveryRoutes } from "../../node/services/discovery/api.ts";
import { throughputRoutes } from "../../node/services/throughput/api.ts";
import { inParallel } from "../network/in-parallel.ts";
import { clientOf, foldersOf, type Lab, LabError, nodeFolder } from "./lab.ts";
import { runningPids } from "./processes.ts";

export interface PairResult {
  readonly from: string;
  readonly to: string;
  readonly source: string | null;
  readonly lookupMs: number | null;
  readonly path: string | null;
  readonly connectMs: number | null;
  /** Why it failed. */
  readonly error: string | null;
}

/** Has nodes of random pairs look each other up and reach each other, as their owners would. */
export async function reachPairs(lab: Lab, pairs: number, onPair: (result: PairResult) => void): Promise<PairResult[]> {
  const running = await runningPids(foldersOf(lab));
  const alive = lab.members.map(({ name }) => name).filter((name) => running.has(nodeFolder(lab, name)));
  if (alive.length < 2) throw new LabError("fewer than two nodes run; `npm run lab -- heal` starts them");
  const peerIds = new Map<string, Hex>();
  await inParallel(8, alive, async (name) => {
    peerIds.set(name, (await (await clientOf(lab, name)).call(daemonRoutes.status, {})).peerId);
  });
  const results: PairResult[] = [];
  // One at a time: what is measured is a user's wait, not a queue's.
  for (let index = 0; index < pairs; index++) {
    const from = randomInt(alive.length);
    const to = (from + 1 + randomInt(alive.length - 1)) % alive.length;
    const result = await reachPair(lab, alive[from] ?? "", alive[to] ?? "", peerIds);
    results.push(result);
    onPair(result);
  }
  return results;
}

async function reachPair(lab: Lab, from: string, to: string, peerIds: ReadonlyMap<string, Hex>): Promise<PairResult> {
  const peerId = peerIds.get(to) as Hex;
  const client = await clientOf(lab, from);
  const result = { from, to, source: null, lookupMs: null, path: null, connectMs: null, error: null };
  try {
    const { source, elapsedMs: lookupMs } = await client.call(discoveryRoutes.lookup, { peerId });
    const found = { ...result, source, lookupMs };
    const { path, connectMs } = await client.call(throughputRoutes.ping, { peerId, count: 1 });
    return { ...found, path, connectMs };
  } catch (error) {
    return { ...result, error: ShadowMeshError.is(error) ? `${error.code}: ${error.message}` : String(error) };
  }
}

/** Found and reached, and how quickly: percentiles in milliseconds. */
export function summarize(results: readonly PairResult[]) {
  const sorted = (of: (result: PairResult) => number | null) =>
    results.flatMap((result) => of(result) ?? []).sort((a, b) => a - b);
  const at = (values: readonly number[], share: number) => values[Math.ceil(values.length * share) - 1] ?? Number.NaN;
  const lookups = sorted(({ lookupMs }) => lookupMs);
  const connects = sorted(({ connectMs }) => connectMs);
  return {
    pairs: results.length,
    found: lookups.length,
    reached: connects.length,
    lookupP50Ms: at(lookups, 0.5),
    lookupP95Ms: at(lookups, 0.95),
    connectP50Ms: at(connects, 0.5),
    connectP95Ms: at(connects, 0.95),
    bySource: countBy(results, ({ source }) => source),
    byPath: countBy(results, ({ path }) => path),
  };
}

function countBy(results: readonly PairResult[], of: (result: PairResult) => string | null): Record<string, number> {
  const groups = Map.groupBy(results, (result) => of(result) ?? "none");
  return Object.fromEntries([...groups].map(([key, group]) => [key, group.length]));
}
