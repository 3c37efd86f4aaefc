import { BigInt } from "@graphprotocol/graph-ts";
import { NodeFrozen, NodeSlashed } from "../generated/NodeNexus/NodeNexus";
import { Pool, Slash } from "../generated/schema";
import { eventId, knownNode, knownPool } from "./ids";
import { changeStake } from "./pools";
import { Totals } from "./totals";

const FULL_BPS = 10_000;

export function handleNodeFrozen(event: NodeFrozen): void {
  const pool = knownPool(knownNode(event.params.peerID).pool);
  pool.frozenUntil = event.params.until;
  pool.save();
}

export function handleNodeSlashed(event: NodeSlashed): void {
  const totals = new Totals(event);
  const node = knownNode(event.params.peerID);
  const pool = knownPool(node.pool);
  const fromStake = event.params.fromStake;
  const fromUnbonding = event.params.fromUnbonding;
  const taken = fromStake.plus(fromUnbonding);

  const slash = new Slash(eventId(event));
  slash.node = node.id;
  slash.pool = pool.id;
  slash.fromStake = fromStake;
  slash.fromUnbonding = fromUnbonding;
  slash.timestamp = event.block.timestamp;
  slash.transaction = event.transaction.hash;
  slash.save();

  if (!pool.unbonding.isZero()) pool.survival = survivalAfter(pool, penaltyOf(pool, fromStake, fromUnbonding));
  pool.frozenUntil = BigInt.zero();
  pool.unbonding = pool.unbonding.minus(fromUnbonding);
  pool.slashed = pool.slashed.plus(taken);
  changeStake(totals, node, pool, fromStake.neg());
  pool.save();
  totals.registry.unbonding = totals.registry.unbonding.minus(fromUnbonding);
  totals.registry.slashed = totals.registry.slashed.plus(taken);
  totals.day.slashed = totals.day.slashed.plus(taken);
  totals.save();
}

/**
 * The penalty in 1/100 %, which the event does not tell: both amounts are that part of what there was, rounded. Of more
 * than 20,000 wei the nearest whole number is the one.
 */
function penaltyOf(pool: Pool, fromStake: BigInt, fromUnbonding: BigInt): BigInt {
  const byStake = pool.stake > pool.unbonding;
  const whole = byStake ? pool.stake : pool.unbonding;
  const part = byStake ? fromStake : fromUnbonding;
  return part
    .times(BigInt.fromI32(FULL_BPS))
    .plus(whole.div(BigInt.fromI32(2)))
    .div(whole);
}

/** As the contract does: a little always survives, so that the parts of what unbonds can still be told. */
function survivalAfter(pool: Pool, penalty: BigInt): BigInt {
  const full = BigInt.fromI32(FULL_BPS);
  const left = pool.survival.times(full.minus(penalty)).div(full);
  return left.isZero() ? BigInt.fromI32(1) : left;
}
