import { scoreChanges } from "../../_shared/chain/registry/changes.ts";
import type { HistoryLog } from "../../_shared/chain/use-history.ts";
import { percentOf } from "./pool-math.ts";

/** What the chain's events tell of one node. */
export interface NodeStory {
  /** Scores in the order they came; the one before the first change is not known. */
  scores: number[];
  /** Commissions in force one after the other, in 1/100 %. */
  commissionsBps: number[];
  /** What rewards added to the stake, without commission. */
  rewardedWei: bigint;
  /** The same as a part of the stake as it is now; null where nothing is staked. */
  rewardPercent: number | null;
  slashedWei: bigint;
}

export interface Told {
  scores: ReadonlyMap<number, number[]>;
  commissionsBps: ReadonlyMap<string, number[]>;
  rewardedWei: ReadonlyMap<string, bigint>;
  slashedWei: ReadonlyMap<string, bigint>;
}

/** Sorts events by the nodes that they tell of. */
export function tell(logs: readonly HistoryLog[]): Told {
  const scores = new Map<number, number[]>();
  const commissionsBps = new Map<string, number[]>();
  const rewardedWei = new Map<string, bigint>();
  const slashedWei = new Map<string, bigint>();
  const add = (sums: Map<string, bigint>, peerId: string, wei: bigint) =>
    sums.set(peerId.toLowerCase(), (sums.get(peerId.toLowerCase()) ?? 0n) + wei);
  for (const log of logs) {
    if (log.eventName === "ScoresApplied") {
      for (const { pool, score } of scoreChanges(log.args.changes)) push(scores, pool, score);
    } else if (log.eventName === "CommissionSet") {
      push(commissionsBps, log.args.peerID.toLowerCase(), log.args.commissionBps);
    } else if (log.eventName === "Rewarded") {
      add(rewardedWei, log.args.peerID, log.args.toStake);
    } else if (log.eventName === "NodeSlashed") {
      add(slashedWei, log.args.peerID, log.args.fromStake + log.args.fromUnbonding);
    }
  }
  return { scores, commissionsBps, rewardedWei, slashedWei };
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
    commissionsBps: told.commissionsBps.get(key) ?? [],
    rewardedWei,
    rewardPercent: percentOf(rewardedWei, node.pool.stake),
    slashedWei: told.slashedWei.get(key) ?? 0n,
  };
}
