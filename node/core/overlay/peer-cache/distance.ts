import { type Hex, hexToBytes } from "viem";

/** Peer IDs are 20 bytes: 160 buckets. */
export const peerIdBits = 160;

/**
 * The bucket of `other` as seen from `self`: the number of leading bits they share, 0..159; -1 for the same ID.
 * Kademlia (Maymounkov and Mazières 2002), section 2.4.
 */
export function bucketOf(self: Hex, other: Hex): number {
  const a = hexToBytes(self);
  const b = hexToBytes(other);
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] ?? 0) ^ (b[index] ?? 0);
    if (difference !== 0) return index * 8 + Math.clz32(difference) - 24;
  }
  return -1;
}

/** The XOR of two peer IDs, as a number to compare by. */
export function distance(a: Hex, b: Hex): bigint {
  return BigInt(a) ^ BigInt(b);
}
