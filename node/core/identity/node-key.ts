import { ECDH } from "node:crypto";
import { type Address, bytesToHex, type Hex, hexToBytes } from "viem";
import { publicKeyToAddress } from "viem/accounts";

/** The Ethereum address of a secp256k1 public key, compressed (33 bytes) or not (65 bytes). */
export function nodeKeyAddress(publicKey: Uint8Array): Address {
  const point = ECDH.convertKey(publicKey, "secp256k1", undefined, undefined, "uncompressed") as Buffer;
  return publicKeyToAddress(bytesToHex(point));
}

/** A secp256k1 public key in its 33-byte form (SEC 1, 2.3.3), which libp2p uses. */
export function compressNodeKey(publicKey: Hex): Uint8Array {
  const compressed = ECDH.convertKey(hexToBytes(publicKey), "secp256k1", undefined, undefined, "compressed");
  return new Uint8Array(compressed as Buffer);
}
