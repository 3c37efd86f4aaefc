/** `IStakePools`: the virtual million of shares for each wei makes it pointless to inflate an empty pool. */
const virtualShares = 10n ** 6n;

export interface Pool {
  /** In wei. */
  stake: bigint;
  shares: bigint;
}

/** What of an amount that comes into a pool, or is taken from it, falls to so many shares. */
export function partOf(pool: Pick<Pool, "shares">, shares: bigint, wei: bigint): bigint {
  return (shares * wei) / (pool.shares + virtualShares);
}

/** What so many shares would be paid out with, in wei; rounded down, as the contract does. */
export function worthOf(pool: Pool, shares: bigint): bigint {
  return partOf(pool, shares, pool.stake + 1n);
}

/** How many shares an amount buys. */
export function sharesFor(pool: Pool, wei: bigint): bigint {
  return (wei * (pool.shares + virtualShares)) / (pool.stake + 1n);
}

/** How many shares there were in all, when so many of them were worth an amount. */
export function sharesWhen(stake: bigint, priced: { shares: bigint; wei: bigint }): bigint {
  return (priced.shares * (stake + 1n)) / priced.wei - virtualShares;
}

/** The fewest that are taken: a reward between the look and the block may raise the price of a share by a thousandth. */
export function fewestShares(pool: Pool, wei: bigint): bigint {
  return (sharesFor(pool, wei) * 999n) / 1_000n;
}

/** The shares to take out for an amount; all that are held where it is, but for what rounding leaves, all they are worth. */
export function sharesToUnstake(pool: Pool, held: bigint, wei: bigint): bigint {
  const shares = sharesFor(pool, wei);
  return shares >= held || worthOf(pool, held - shares) <= 1n ? held : shares;
}

/**
 * An amount to show: each rounding leaves the pool a wei or so, which would turn 4.5 into 4.499999. Nothing that is sent
 * is computed from it.
 */
export function withoutDust(wei: bigint): bigint {
  return wei === 0n ? 0n : wei + 10n;
}

/** What part of a whole something is, in percent with three digits. */
export function percentOf(part: bigint, whole: bigint): number | null {
  return whole === 0n ? null : Number((part * 100_000n) / whole) / 1_000;
}
