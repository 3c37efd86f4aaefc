import { formatEther } from "viem";
import type { Registration } from "../core/schema.ts";

/** A node's entry in NodeNexus, in a few words. */
export function registrationText(registration: Registration | null): string {
  if (registration === null) return "not registered yet";
  const { active, nodeType, region, bandwidthMbps, stakeWei } = registration;
  const what = `${nodeType} in ${region}, ${bandwidthMbps} Mbit/s, ${formatEther(BigInt(stakeWei))} SHM staked`;
  return active ? what : `no longer (${what}, unbonding)`;
}
