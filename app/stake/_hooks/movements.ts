import { formatEther } from "viem";
import type { HistoryLog } from "../../_shared/chain/use-history.ts";
import { toCsv } from "../../_shared/node/csv.ts";

/** Something that an account did with its stake, was paid, or that happened to it. */
export interface Movement {
  kind: "staked" | "unstaked" | "rebonded" | "withdrawn" | "commission" | "reward" | "penalty";
  pool: number | null;
  /** Of the node, where its event names it. */
  peerId: string | null;
  wei: bigint;
  /** Shares made, or taken out. */
  shares: bigint;
  blockNumber: bigint;
  logIndex: number;
  transaction: `0x${string}`;
}

/** Oldest first; within a block, as its transactions ran. */
export function inOrder<T extends Pick<Movement, "blockNumber" | "logIndex">>(events: readonly T[]): T[] {
  return [...events].sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
}

export const placeOf = ({ blockNumber, logIndex, transactionHash }: HistoryLog) => ({
  blockNumber,
  logIndex,
  transaction: transactionHash,
});

/** What an account did and was paid, oldest first; what happened to it meanwhile is told by `rewardsOf`. */
export function movementsOf(logs: readonly HistoryLog[], account: string): Movement[] {
  const mine = account.toLowerCase();
  return logs.flatMap((log): Movement[] => {
    const at = placeOf(log);
    switch (log.eventName) {
      case "Staked":
      case "Rebonded":
      case "Unstaked": {
        if (log.args.account.toLowerCase() !== mine) return [];
        const kind = ({ Staked: "staked", Rebonded: "rebonded", Unstaked: "unstaked" } as const)[log.eventName];
        const { pool, amount, shares } = log.args;
        return [{ kind, pool, peerId: null, wei: amount, shares, ...at }];
      }
      case "UnstakedWithdrawn": {
        if (log.args.account.toLowerCase() !== mine) return [];
        return [{ kind: "withdrawn", pool: log.args.pool, peerId: null, wei: log.args.amount, shares: 0n, ...at }];
      }
      case "EarningsClaimed": {
        if (log.args.beneficiary.toLowerCase() !== mine) return [];
        const peerId = log.args.peerID.toLowerCase();
        return [{ kind: "commission", pool: null, peerId, wei: log.args.amount, shares: 0n, ...at }];
      }
      default:
        return [];
    }
  });
}

/**
 * What a stake has gained since it was made: what it is worth, and what was taken out, beyond what was put in. Null
 * where the events do not account for all shares, for some were made before the first one read.
 */
export function gainOf(movements: readonly Movement[], held: { pool: number; shares: bigint; stake: bigint }) {
  let [shares, put] = [0n, 0n];
  for (const movement of movements) {
    if (movement.pool !== held.pool || movement.kind === "withdrawn") continue;
    const sign = movement.kind === "unstaked" ? -1n : 1n;
    shares += sign * movement.shares;
    put += sign * movement.wei;
  }
  return shares === held.shares ? held.stake - put : null;
}

const words: Record<Movement["kind"], string> = {
  staked: "staked",
  unstaked: "unstaked",
  rebonded: "staked again",
  withdrawn: "withdrawn",
  commission: "commission claimed",
  reward: "reward",
  penalty: "penalty",
};

interface Row {
  atMs: number;
  movement: Movement;
  peerId: string;
}

/** A table for spreadsheets: UTC, and amounts to the last wei. */
export function movementsCsv(rows: readonly Row[]): string {
  return toCsv(
    ["Time (UTC)", "What", "Node", "Amount (SHM)", "Transaction"],
    rows.map(({ atMs, movement, peerId }) => [
      new Date(atMs).toISOString(),
      words[movement.kind],
      peerId,
      formatEther(movement.wei),
      movement.transaction,
    ]),
  );
}
