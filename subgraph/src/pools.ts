import { BigInt, Bytes } from "@graphprotocol/graph-ts";
import { NodeRegistered, StakeAdded, Staked } from "../generated/NodeNexus/NodeNexus";
import { Node, Pool, Staker } from "../generated/schema";
import { knownNode, knownPool } from "./ids";
import { loadRegion } from "./regions";
import { Totals } from "./totals";

/** How many shares stand for a wei where nobody but the operator holds any. */
const SHARES_PER_WEI = 1_000_000;
/** `Pool.survival` as long as nothing was slashed: 10^18. */
const FULL_SURVIVAL: u64 = 1_000_000_000_000_000_000;
/** A node keeps all it earns until its operator says otherwise. */
const FULL_BPS = 10_000;

export function loadStaker(pool: Pool, account: Bytes): Staker {
  const id = pool.id.concat("-").concat(account.toHexString());
  const known = Staker.load(id);
  if (known !== null) return known;
  const staker = new Staker(id);
  staker.pool = pool.id;
  staker.account = account;
  staker.shares = BigInt.zero();
  staker.staked = BigInt.zero();
  staker.unstaked = BigInt.zero();
  staker.withdrawn = BigInt.zero();
  staker.openUnbondings = [];
  return staker;
}

/** The pool of a new node, under the number that the contract counts up without telling it. */
export function createPool(totals: Totals, event: NodeRegistered): Pool {
  const zero = BigInt.zero();
  const registry = totals.registry;
  registry.registrations = registry.registrations.plus(BigInt.fromI32(1));
  const pool = new Pool(registry.registrations.toString());
  pool.node = event.params.peerID;
  pool.operator = event.params.operator;
  pool.closed = false;
  pool.stake = event.params.stake;
  pool.shares = zero;
  pool.operatorShares = zero;
  pool.unbonding = zero;
  pool.survival = BigInt.fromU64(FULL_SURVIVAL);
  pool.earnings = zero;
  pool.commissionBps = FULL_BPS;
  pool.nextCommissionBps = 0;
  pool.nextCommissionAt = zero;
  pool.frozenUntil = zero;
  pool.commission = zero;
  pool.rewardsToStake = zero;
  pool.slashed = zero;
  countOperatorShares(pool);
  pool.save();
  registry.stake = registry.stake.plus(pool.stake);
  noteStaked(totals, pool, event.params.operator, event.params.stake);
  return pool;
}

/** The operator takes its part, and leaves the stakers theirs. */
export function closePool(totals: Totals, node: Node, amount: BigInt): void {
  const pool = knownPool(node.pool);
  pool.closed = true;
  pool.shares = pool.shares.minus(pool.operatorShares);
  pool.operatorShares = BigInt.zero();
  pool.frozenUntil = BigInt.zero();
  pool.nextCommissionBps = 0;
  pool.nextCommissionAt = BigInt.zero();
  changeStake(totals, node, pool, amount.neg());
  pool.save();
  const staker = loadStaker(pool, pool.operator);
  staker.unstaked = staker.unstaked.plus(amount);
  staker.withdrawn = staker.withdrawn.plus(amount);
  staker.save();
  totals.day.unstaked = totals.day.unstaked.plus(amount);
}

/** Changes what a pool holds, and all sums that count it. Shares that come or go with it have done so before. */
export function changeStake(totals: Totals, node: Node, pool: Pool, change: BigInt): void {
  pool.stake = pool.stake.plus(change);
  if (!isShared(pool)) countOperatorShares(pool);
  totals.registry.stake = totals.registry.stake.plus(change);
  if (node.pool != pool.id || node.status != "ACTIVE") return;
  const region = loadRegion(node.region);
  region.stake = region.stake.plus(change);
  region.save();
}

/** Adds shares to an account of a pool, for stake that comes into it. */
export function mint(totals: Totals, pool: Pool, account: Bytes, amount: BigInt, shares: BigInt): void {
  pool.shares = pool.shares.plus(shares);
  if (isOperator(pool, account)) {
    pool.operatorShares = pool.operatorShares.plus(shares);
  } else {
    const staker = loadStaker(pool, account);
    staker.shares = staker.shares.plus(shares);
    staker.save();
  }
  changeStake(totals, knownNode(pool.node), pool, amount);
  noteStaked(totals, pool, account, amount);
}

export function isOperator(pool: Pool, account: Bytes): bool {
  return !pool.closed && pool.operator == account;
}

/** Whether anybody but the operator holds shares, or the operator has gone. */
function isShared(pool: Pool): bool {
  return pool.closed || pool.shares != pool.operatorShares;
}

/** As the contract does: shares that all belong to the operator are not written down but follow the stake. */
function countOperatorShares(pool: Pool): void {
  pool.operatorShares = pool.stake.times(BigInt.fromI32(SHARES_PER_WEI));
  pool.shares = pool.operatorShares;
}

function noteStaked(totals: Totals, pool: Pool, account: Bytes, amount: BigInt): void {
  const staker = loadStaker(pool, account);
  staker.staked = staker.staked.plus(amount);
  staker.save();
  totals.day.staked = totals.day.staked.plus(amount);
}

export function handleStaked(event: Staked): void {
  const totals = new Totals(event);
  const pool = knownPool(event.params.pool.toString());
  mint(totals, pool, event.params.account, event.params.amount, event.params.shares);
  pool.save();
  totals.save();
}

export function handleStakeAdded(event: StakeAdded): void {
  const node = knownNode(event.params.peerID);
  const pool = knownPool(node.pool);
  // A top-up of a shared pool is told twice: before, `Staked` said what shares it buys.
  if (isShared(pool)) return;
  const totals = new Totals(event);
  changeStake(totals, node, pool, event.params.amount);
  pool.save();
  noteStaked(totals, pool, pool.operator, event.params.amount);
  totals.save();
}
