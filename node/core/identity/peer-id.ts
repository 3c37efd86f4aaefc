import { keccak_256 } from "@noble/hashes/sha3.js";
import { type Address, bytesToHex, concat, type Hex, keccak256, slice } from "viem";

/** keccak256 of an ML-DSA-87 public key (2,592 bytes): the half of an identity that registration carries. */
export function mlDsaKeyHash(publicKey: Uint8Array): Hex {
  // viem brings an older release of the same library, which takes twice as long: here that is half of an ML-DSA-87 check.
  return bytesToHex(keccak_256(publicKey));
}

/**
 * The 20-byte peer ID that binds both keys: the first 20 bytes of
 * keccak256(address of the node key ‖ keccak256(ML-DSA-87 public key)). NodeNexus computes the same.
 */
export function computePeerId(nodeAddress: Address, keyHash: Hex): Hex {
  return slice(keccak256(concat([nodeAddress, keyHash])), 0, 20);
}
