import { BigInt, Bytes } from "@graphprotocol/graph-ts";
import { Rebonded, Unstaked, UnstakedWithdrawn } from "../generated/NodeNexus/NodeNexus";
import { Pool, Staker, Unbonding } from "../generated/schema";
import { eventId, knownNode, knownPool } from "./ids";
import { changeStake, isOperator, loadStaker, mint } from "./pools";
import { Totals } from "./totals";

export function handleUnstaked(event: Unstaked): void {
  const totals = new Totals(event);
  const pool = knownPool(event.params.pool.toString());
  const staker = loadStaker(pool, event.params.account);
  const amount = event.params.amount;

  const unbonding = new Unbonding(eventId(event));
  unbonding.pool = pool.id;
  unbonding.staker = staker.id;
  unbonding.account = event.params.account;
  unbonding.amount = amount;
  unbonding.shares = event.params.shares;
  unbonding.survival = pool.survival;
  unbonding.status = "OPEN";
  unbonding.startedAt = event.block.timestamp;
  unbonding.availableAt = event.params.availableAt;
  unbonding.transaction = event.transaction.hash;
  unbonding.save();

  pool.shares = pool.shares.minus(event.params.shares);
  if (isOperator(pool, event.params.account)) pool.operatorShares = pool.operatorShares.minus(event.params.shares);
  else staker.shares = staker.shares.minus(event.params.shares);
  pool.unbonding = pool.unbonding.plus(amount);
  changeStake(totals, knownNode(pool.node), pool, amount.neg());
  pool.save();

  const open = staker.openUnbondings;
  open.push(unbonding.id);
  staker.openUnbondings = open;
  staker.unstaked = staker.unstaked.plus(amount);
  staker.save();
  totals.registry.unbonding = totals.registry.unbonding.plus(amount);
  totals.day.unstaked = totals.day.unstaked.plus(amount);
  totals.save();
}

export function handleUnstakedWithdrawn(event: UnstakedWithdrawn): void {
  const totals = new Totals(event);
  const pool = knownPool(event.params.pool.toString());
  const staker = loadStaker(pool, event.params.account);
  const amount = event.params.amount;
  end(staker, event.params.index.toI32(), "WITHDRAWN", amount, event.block.timestamp);
  staker.withdrawn = staker.withdrawn.plus(amount);
  staker.save();
  release(totals, pool, amount);
  pool.save();
  totals.save();
}

export function handleRebonded(event: Rebonded): void {
  const totals = new Totals(event);
  const pool = knownPool(event.params.pool.toString());
  const staker = loadStaker(pool, event.params.account);
  const amount = event.params.amount;
  end(staker, event.params.index.toI32(), "REBONDED", amount, event.block.timestamp);
  staker.save();
  release(totals, pool, amount);
  mint(totals, pool, event.params.account, amount, event.params.shares);
  pool.save();
  totals.save();
}

/** Closes an open unbonding; as on chain, the last one takes its place. */
function end(staker: Staker, index: i32, status: string, paid: BigInt, timestamp: BigInt): void {
  const open: Bytes[] = staker.openUnbondings;
  const unbonding = Unbonding.load(open[index]) as Unbonding;
  const last = open.pop();
  if (index < open.length) open[index] = last;
  staker.openUnbondings = open;
  unbonding.status = status;
  unbonding.paid = paid;
  unbonding.endedAt = timestamp;
  unbonding.save();
}

function release(totals: Totals, pool: Pool, amount: BigInt): void {
  pool.unbonding = pool.unbonding.minus(amount);
  totals.registry.unbonding = totals.registry.unbonding.minus(amount);
}
