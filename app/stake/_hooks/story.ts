import { percentOf } from "../../_shared/chain/pool-math.ts";
import { scoreChanges } from "../../_shared/chain/registry/changes.ts";
import type { HistoryLog } from "../../_shared/chain/use-history.ts";

/** A commission that came into force. */
export interface CommissionChange {
  bps: number;
  blockNumber: bigint;
}

/** What the chain's events tell of one node. */
export interface NodeStory {
  /** Scores in the order they came; the one before the first change is not known. */
  scores: number[];
  /** In the order they came; the one before the first change is not known. */
  commissions: CommissionChange[];
  /** What rewards added to the stake, without commission. */
  rewardedWei: bigint;
  /** The same as a part of the stake as it is now; null where nothing is staked. */
  rewardPercent: number | null;
  slashedWei: bigint;
}

export interface Told {
  scores: ReadonlyMap<number, number[]>;
  commissions: ReadonlyMap<string, CommissionChange[]>;
  rewardedWei: ReadonlyMap<string, bigint>;
  slashedWei: ReadonlyMap<string, bigint>;
}

/** Sorts events by the nodes that they tell of. */
export function tell(logs: readonly HistoryLog[]): Told {
  const scores = new Map<number, number[]>();
  const commissions = new Map<string, CommissionChange[]>();
  const rewardedWei = new Map<string, bigint>();
  const slashedWei = new Map<string, bigint>();
  const add = (sums: Map<string, bigint>, peerId: string, wei: bigint) =>
    sums.set(peerId.toLowerCase(), (sums.get(peerId.toLowerCase()) ?? 0n) + wei);
  for (const log of logs) {
    if (log.eventName === "ScoresApplied") {
      for (const { pool, score } of scoreChanges(log.args.changes)) push(scores, pool, score);
    } else if (log.eventName === "NodeRegistered") {
      // A peer ID that comes again has another pool, whose story begins here.
      for (const told of [commissions, rewardedWei, slashedWei]) told.delete(log.args.peerID.toLowerCase());
    } else if (log.eventName === "CommissionSet") {
      const change = { bps: log.args.commissionBps, blockNumber: log.blockNumber };
      push(commissions, log.args.peerID.toLowerCase(), change);
    } else if (log.eventName === "Rewarded") {
      add(rewardedWei, log.args.peerID, log.args.toStake);
    } else if (log.eventName === "NodeSlashed") {
      add(slashedWei, log.args.peerID, log.args.fromStake + log.args.fromUnbonding);
    }
  }
  return { scores, commissions, rewardedWei, slashedWei };
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V) {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

export function storyOf(told: Told, node: { peerId: string; pool: { pool: number; stake: bigint } }): NodeStory {
  const key = node.peerId.toLowerCase();
  const rewardedWei = told.rewardedWei.get(key) ?? 0n;
  return {
    scores: told.scores.get(node.pool.pool) ?? [],
    commissions: told.commissions.get(key) ?? [],
    rewardedWei,
    rewardPercent: percentOf(rewardedWei, node.pool.stake),
    slashedWei: told.slashedWei.get(key) ?? 0n,
  };
}
