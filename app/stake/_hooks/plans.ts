import type { NexusCall } from "../../_shared/chain/nexus.ts";
import type { Plan } from "../../_shared/chain/plan.ts";
import { formatDateTime, formatDuration, formatShm, shortHex } from "../../_shared/node/format.ts";
import type { StakedNode } from "./nodes.ts";
import { fewestShares, sharesToUnstake, withoutDust, worthOf } from "./pool-math.ts";
import type { Position, Unbonding } from "./positions.ts";

export function stakePlan(node: StakedNode, wei: bigint): Plan {
  const { peerId, pool, unbondingMs } = node;
  return {
    calls: [{ functionName: "stake", args: [peerId, fewestShares(pool, wei)], value: wei }],
    what: "this stake",
    signLabel: "Sign and stake",
    facts: [
      { name: "Node", value: shortHex(peerId) },
      { name: "Stake", value: formatShm(wei, 6) },
      { name: "Commission", value: percent(pool.commissionBps) },
      { name: "Unbonding", value: formatDuration(unbondingMs) },
    ],
    note: `The stake stays yours: unstake it at any time, and withdraw it ${formatDuration(unbondingMs)} later. Until then it can be slashed if the node is proved to have lied.`,
    done: `${formatShm(wei, 6)} are staked.`,
  };
}

export function unstakePlan(position: Position, unbondingMs: number | null, wei: bigint): Plan {
  const pool = { stake: position.poolStake, shares: position.poolShares };
  const shares = sharesToUnstake(pool, position.shares, wei);
  const later = unbondingMs === null ? "at once, for the node has left" : `${formatDuration(unbondingMs)} later`;
  return {
    calls: [{ functionName: "unstake", args: [position.pool, shares] }],
    what: "this unstaking",
    signLabel: "Sign and unstake",
    facts: [
      { name: "Node", value: shortHex(position.peerId) },
      { name: "Unstaked", value: formatShm(withoutDust(worthOf(pool, shares)), 6) },
      { name: "To withdraw", value: later },
    ],
    note: "While it unbonds it earns nothing and can still be slashed. Withdrawing takes a second transaction.",
    done: "Unbonding has begun.",
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
    what: "this withdrawal",
    signLabel: "Sign and withdraw",
    facts: [{ name: "Withdrawn", value: shown }],
    paysWei: wei,
    done: `${shown} are back in your wallet.`,
  };
}

export function rebondPlan({ pool, index, wei }: Unbonding, peerId: string): Plan {
  const shown = formatShm(withoutDust(wei), 6);
  return {
    calls: [{ functionName: "rebond", args: [pool, BigInt(index)] }],
    what: "this change",
    signLabel: "Sign and stake again",
    facts: [
      { name: "Node", value: shortHex(peerId) },
      { name: "Staked again", value: shown },
    ],
    done: `${shown} are staked again.`,
  };
}

/** The commission of all nodes that pay it to the account. */
export function claimPlan(positions: readonly Position[]): Plan {
  const paying = positions.filter(({ claimableWei }) => claimableWei > 0n);
  const wei = paying.reduce((total, { claimableWei }) => total + claimableWei, 0n);
  return {
    calls: paying.map(({ peerId }): NexusCall => ({ functionName: "claim", args: [peerId] })),
    what: "this claim",
    signLabel: "Sign and claim",
    facts: [{ name: "Commission", value: formatShm(wei, 6) }],
    paysWei: wei,
    done: `${formatShm(wei, 6)} of commission are in your wallet.`,
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
    ? `Who unstakes before ${formatDateTime(latestMs)} is paid out before it can take effect.`
    : "What is unstaked now is paid out only after it can take effect.";
}

export const sum = (unbondings: readonly Unbonding[]) => unbondings.reduce((total, { wei }) => total + wei, 0n);

export const percent = (bps: number) => `${bps / 100} %`;
