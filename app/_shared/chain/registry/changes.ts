import { type Log, parseEventLogs } from "viem";
import { nodeNexusAbi } from "../nexus.ts";

/** The nodes that events tell of: by peer ID, and by the number of their pool. */
export interface ChangedNodes {
  readonly peerIds: ReadonlySet<`0x${string}`>;
  readonly pools: ReadonlySet<number>;
}

/** Every node that NodeNexus' events name. */
export function changedNodes(logs: readonly Log[]): ChangedNodes {
  const peerIds = new Set<`0x${string}`>();
  const pools = new Set<number>();
  for (const { eventName, args } of parseEventLogs({ abi: nodeNexusAbi, logs: [...logs] })) {
    if (eventName === "ScoresApplied") for (const { pool } of scoreChanges(args.changes)) pools.add(pool);
    if ("peerID" in args) peerIds.add(args.peerID);
    if ("pool" in args) pools.add(args.pool);
  }
  return { peerIds, pools };
}

/** `ScoresApplied.changes`: for each node its number in four bytes and its score in one. */
export function scoreChanges(changes: `0x${string}`): { pool: number; score: number }[] {
  const entries = changes.slice(2).match(/.{10}/g) ?? [];
  return entries.map((entry) => ({
    pool: Number.parseInt(entry.slice(0, 8), 16),
    score: Number.parseInt(entry.slice(8), 16),
  }));
}
