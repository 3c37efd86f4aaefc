import { hash, type KeyObject } from "node:crypto";
import type { Address, Hex } from "viem";
import { computePeerId, mlDsa87, mlDsaKeyHash, mlDsaPublicKey } from "../../core/identity/index.ts";

/** Peers whose keys are kept: some 15 MB. */
const maxKept = 2_000;

export interface Keys {
  readonly nodeAddress: Address;
  /** ML-DSA-87, 2,592 bytes. */
  readonly publicKey: Uint8Array;
}

/**
 * Makes the look-up of a peer's ML-DSA-87 key: null where the two keys do not give the peer ID. A peer signs in with the
 * same ones for life, and to hash them (keccak256) and to read the greater one is half of what a sign-in costs beside the
 * check of its signature: keys that gave the ID before are known again by their SHA-256, which is native. All others are
 * hashed, each time.
 */
export function createKnownKeys(max = maxKept): (peerId: Hex, keys: Keys) => KeyObject | null {
  // Maps keep insertion order: the first has signed in the longest ago, and gives way.
  const kept = new Map<Hex, { print: string; key: KeyObject }>();

  return (peerId, { nodeAddress, publicKey }) => {
    if (publicKey.length !== mlDsa87.publicKeyBytes) return null;
    const print = hash("sha256", Buffer.concat([Buffer.from(nodeAddress), publicKey]), "base64");
    let known = kept.get(peerId);
    if (known?.print !== print) {
      if (computePeerId(nodeAddress, mlDsaKeyHash(publicKey)) !== peerId) return null;
      known = { print, key: mlDsaPublicKey(publicKey) };
    }
    kept.delete(peerId);
    kept.set(peerId, known);
    const [oldest] = kept.keys();
    if (kept.size > max && oldest !== undefined) kept.delete(oldest);
    return known.key;
  };
}
