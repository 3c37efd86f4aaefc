import type { NexusCall } from "../../_shared/chain/nexus.ts";
import type { Plan } from "../../_shared/chain/plan.ts";
import { fewestShares, sharesToUnstake, withoutDust, worthOf } from "../../_shared/chain/pool-math.ts";
import { formatBps, formatDateTime, formatDuration, formatShm, shortHex } from "../../_shared/node/format.ts";
import { i18n } from "../../_shared/text/i18n.ts";
import type { StakedNode } from "./nodes.ts";
import type { Position, Unbonding } from "./positions.ts";

export function stakePlan(node: StakedNode, wei: bigint): Plan {
  const { peerId, pool, unbondingMs } = node;
  return {
    calls: [{ functionName: "stake", args: [peerId, fewestShares(pool, wei)], value: wei }],
    what: i18n._("this stake"),
    signLabel: i18n._("Sign and stake"),
    facts: [
      { name: i18n._("Node"), value: shortHex(peerId) },
      { name: i18n._("Stake"), value: formatShm(wei, 6) },
      { name: i18n._("Commission"), value: formatBps(pool.commissionBps) },
      { name: i18n._("Unbonding"), value: formatDuration(unbondingMs) },
    ],
    note: i18n._(
      "The stake stays yours: unstake it at any time, and withdraw it {time} later. Until then it can be slashed if the node is proved to have lied.",
      { time: formatDuration(unbondingMs) },
    ),
    done: i18n._("{amount} are staked.", { amount: formatShm(wei, 6) }),
  };
}

export function unstakePlan(position: Position, unbondingMs: number | null, wei: bigint): Plan {
  const pool = { stake: position.poolStake, shares: position.poolShares };
  const shares = sharesToUnstake(pool, position.shares, wei);
  const later =
    unbondingMs === null
      ? i18n._("at once, for the node has left")
      : i18n._("{time} later", { time: formatDuration(unbondingMs) });
  return {
    calls: [{ functionName: "unstake", args: [position.pool, shares] }],
    what: i18n._("this unstaking"),
    signLabel: i18n._("Sign and unstake"),
    facts: [
      { name: i18n._("Node"), value: shortHex(position.peerId) },
      { name: i18n._("Unstaked"), value: formatShm(withoutDust(worthOf(pool, shares)), 6) },
      { name: i18n._("To withdraw"), value: later },
    ],
    note: i18n._("While it unbonds it earns nothing and can still be slashed. Withdrawing takes a second transaction."),
    done: i18n._("Unbonding has begun."),
  };
}

/** What unbonded of an account, paid out. The contract moves its last unbonding to the place of the one that goes. */
export function withdrawPlan(ready: readonly Unbonding[]): Plan {
  const wei = sum(ready);
  const shown = formatShm(withoutDust(wei), 6);
  return {
    calls: [...ready]
      .sort((a, b) => a.pool - b.pool || b.index - a.index)
      .map(({ pool, index }): NexusCall => ({ functionName: "withdrawUnstaked", args: [pool, BigInt(index)] })),
    what: i18n._("this withdrawal"),
    signLabel: i18n._("Sign and withdraw"),
    facts: [{ name: i18n._("Withdrawn"), value: shown }],
    paysWei: wei,
    done: i18n._("{amount} are back in your wallet.", { amount: shown }),
  };
}

export function rebondPlan({ pool, index, wei }: Unbonding, peerId: string): Plan {
  const shown = formatShm(withoutDust(wei), 6);
  return {
    calls: [{ functionName: "rebond", args: [pool, BigInt(index)] }],
    what: i18n._("this change"),
    signLabel: i18n._("Sign and stake again"),
    facts: [
      { name: i18n._("Node"), value: shortHex(peerId) },
      { name: i18n._("Staked again"), value: shown },
    ],
    done: i18n._("{amount} are staked again.", { amount: shown }),
  };
}

/** The commission of all nodes that pay it to the account. */
export function claimPlan(positions: readonly Position[]): Plan {
  const paying = positions.filter(({ claimableWei }) => claimableWei > 0n);
  const wei = paying.reduce((total, { claimableWei }) => total + claimableWei, 0n);
  return {
    calls: paying.map(({ peerId }): NexusCall => ({ functionName: "claim", args: [peerId] })),
    what: i18n._("this claim"),
    signLabel: i18n._("Sign and claim"),
    facts: [{ name: i18n._("Commission"), value: formatShm(wei, 6) }],
    paysWei: wei,
    done: i18n._("{amount} of commission are in your wallet.", { amount: formatShm(wei, 6) }),
  };
}

/** What can be withdrawn at a time: what has unbonded, of nodes that nobody reported. */
export function readyAt(positions: readonly Position[], nowMs: number): Unbonding[] {
  return positions
    .filter(({ frozenUntilMs }) => frozenUntilMs <= nowMs)
    .flatMap(({ unbondings }) => unbondings.filter(({ availableAtMs }) => availableAtMs <= nowMs));
}

/** When to leave at the latest so as to be paid out before a decision takes effect. */
export function leaveBefore(readyAtMs: number, unbondingMs: number, nowMs: number): string {
  const latestMs = readyAtMs - unbondingMs;
  return latestMs > nowMs
    ? i18n._("Who unstakes before {time} is paid out before it can take effect.", {
        time: formatDateTime(latestMs),
      })
    : i18n._("What is unstaked now is paid out only after it can take effect.");
}

export const sum = (unbondings: readonly Unbonding[]) => unbondings.reduce((total, { wei }) => total + wei, 0n);
