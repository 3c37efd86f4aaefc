const secondsPerMonth = 30n * 86_400n;

/**
 * What relaying would pay in 30 days, in wei.
 *
 * @param utilisationPercent how much of the bandwidth others use and pay for, on average
 */
export function monthlyEarnings(bandwidthMbps: number, utilisationPercent: number, priceWeiPerGiB: bigint) {
  const mbps = Number.isInteger(bandwidthMbps) ? BigInt(bandwidthMbps) : 0n;
  const bytes = (mbps * 1_000_000n * secondsPerMonth * BigInt(utilisationPercent)) / 8n / 100n;
  return { bytes: Number(bytes), wei: (bytes * priceWeiPerGiB) >> 30n };
}
