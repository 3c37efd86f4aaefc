import { partOf, sharesFor, sharesWhen } from "../../_shared/chain/pool-math.ts";
import type { HistoryLog } from "../../_shared/chain/use-history.ts";
import { inOrder, type Movement, placeOf } from "./movements.ts";

/** One pool, and what an account has in it, after the last of the events that were read. */
export interface PoolSeen {
  pool: number;
  peerId: string;
  /** Null where the node has left. */
  operator: string | null;
  stake: bigint;
  shares: bigint;
  operatorShares: bigint;
  unbonding: bigint;
  mine: { shares: bigint; unbonding: bigint };
}

/**
 * What rewards gave to an account's stake, and penalties took from it, oldest first. Events tell of whole pools, so the
 * account's part is by what it held then: the pool as it is now, with event after event undone.
 *
 * @param logs - Without a gap up to the block in which the pools were seen; what was before them is not told.
 */
export function rewardsOf(logs: readonly HistoryLog[], account: string, pools: readonly PoolSeen[]): Movement[] {
  const ordered = inOrder(logs);
  return inOrder(pools.flatMap((seen) => rewardsIn(ordered, account, seen)));
}

function rewardsIn(logs: readonly HistoryLog[], account: string, seen: PoolSeen): Movement[] {
  const { events, operator } = eventsOf(logs, seen);
  const mine = account.toLowerCase();
  let { stake, unbonding, operatorShares } = seen;
  let othersShares = seen.shares - operatorShares;
  let { shares: held, unbonding: leaving } = seen.mine;
  let left = seen.operator === null;
  const found: Movement[] = [];

  /** While nobody else holds shares the contract writes none down: all is the operator's. */
  function mineOf(wei: bigint): bigint {
    if (othersShares === 0n) return mine === operator ? wei : 0n;
    return partOf({ shares: othersShares + operatorShares }, mine === operator ? operatorShares : held, wei);
  }

  function giveBack(from: string, shares: bigint) {
    const holder = from.toLowerCase();
    if (holder === operator) operatorShares += shares;
    else othersShares += shares;
    if (holder === mine) held += shares;
  }

  function unbondingIs(more: bigint, of: string) {
    unbonding += more;
    if (of.toLowerCase() === mine) leaving += more;
  }

  function tell(kind: "reward" | "penalty", log: HistoryLog, wei: bigint) {
    if (wei === 0n) return;
    found.push({ kind, pool: seen.pool, peerId: seen.peerId, wei, shares: 0n, ...placeOf(log) });
  }

  for (const log of events.toReversed()) {
    switch (log.eventName) {
      case "Staked":
      case "Rebonded":
        stake -= log.args.amount;
        giveBack(log.args.account, -log.args.shares);
        if (log.eventName === "Rebonded") unbondingIs(log.args.amount, log.args.account);
        break;
      case "Unstaked": {
        const { account: from, amount, shares } = log.args;
        const wasLast = othersShares === 0n && !left;
        stake += amount;
        unbondingIs(-amount, from);
        giveBack(from, shares);
        // With the last of the others the operator's shares were forgotten: the price that was paid tells how many.
        if (wasLast && othersShares > 0n && amount > 0n) {
          operatorShares = sharesWhen(stake, { shares, wei: amount }) - othersShares;
        }
        break;
      }
      case "UnstakedWithdrawn":
        unbondingIs(log.args.amount, log.args.account);
        break;
      case "StakeAdded":
        // Where others hold shares, the same is told as `Staked`.
        if (othersShares === 0n) stake -= log.args.amount;
        break;
      case "StakeWithdrawn":
        operatorShares = sharesFor({ stake, shares: othersShares }, log.args.amount);
        stake += log.args.amount;
        left = false;
        break;
      case "Rewarded":
        stake -= log.args.toStake;
        tell("reward", log, mineOf(log.args.toStake));
        break;
      case "NodeSlashed": {
        const { fromStake, fromUnbonding } = log.args;
        const lost = unbonding === 0n ? 0n : (fromUnbonding * leaving) / unbonding;
        tell("penalty", log, mineOf(fromStake) + lost);
        stake += fromStake;
        unbonding += fromUnbonding;
        leaving += lost;
        break;
      }
    }
  }
  return found;
}

/** The events of a pool, and who ran its node. A peer ID may come again, with another pool: those events are left out. */
function eventsOf(logs: readonly HistoryLog[], { pool, peerId, operator }: PoolSeen) {
  const ofNode = (log: HistoryLog) => "peerID" in log.args && log.args.peerID.toLowerCase() === peerId.toLowerCase();
  const ofPool = (log: HistoryLog) => "pool" in log.args && log.args.pool === pool;
  // The node was there when somebody staked on it.
  const there = logs.findLastIndex(
    (log) => ofPool(log) && (log.eventName === "Staked" || log.eventName === "Rebonded"),
  );
  const leave = logs.findIndex((log, index) => index > there && log.eventName === "StakeWithdrawn" && ofNode(log));
  const until = operator === null ? leave : logs.length;
  const since = logs.findLastIndex((log, index) => index < until && log.eventName === "NodeRegistered" && ofNode(log));
  // Nobody staked on what began after this pool: that is another one.
  const ended = operator === null && there < since ? -1 : until;
  const left = logs[ended];
  return {
    events: logs.filter((log, index) => ofPool(log) || (ofNode(log) && index > since && index <= ended)),
    operator: (left?.eventName === "StakeWithdrawn" ? left.args.operator : operator)?.toLowerCase(),
  };
}
