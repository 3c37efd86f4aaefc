import { hkdfSync, type KeyObject } from "node:crypto";
import { privateKeyFromRaw } from "@libp2p/crypto/keys";
import type { Secp256k1PrivateKey } from "@libp2p/interface";
import { type Address, bytesToHex, type Hex } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { mlDsaPrivateKey, rawMlDsaPublicKey, signMlDsa } from "./ml-dsa.ts";
import { computePeerId, mlDsaKeyHash } from "./peer-id.ts";

/** Order of the secp256k1 group (SEC 2, 2.4.1). */
const secp256k1Order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The keys of a node and the ID that binds the first two; everything derives from the seed. */
export interface Identity {
  /** 20 bytes. */
  readonly peerId: Hex;
  /** Address of the secp256k1 node key. */
  readonly nodeAddress: Address;
  /** keccak256 of the ML-DSA-87 public key, 32 bytes. */
  readonly mlDsaKeyHash: Hex;
  /** 2,592 bytes. */
  readonly mlDsaPublicKey: Uint8Array;
  readonly mlDsaKey: KeyObject;
  /** The node key for EIP-712 statements. */
  readonly nodeAccount: PrivateKeyAccount;
  /** Signs vouchers for relays: a key of its own, so that no voucher can be taken for a statement of the node. */
  readonly sessionAccount: PrivateKeyAccount;
  /** The same key for libp2p. */
  readonly libp2pKey: Secp256k1PrivateKey;
  /** 32 bytes for a purpose of this node alone, such as what it encrypts of its own. */
  deriveSecret(purpose: string): Uint8Array;
  /** Signs with ML-DSA-87 under a FIPS 204 context string. */
  signMlDsa(message: Uint8Array, context: string): Uint8Array;
}

/** Derives all keys from a 32-byte seed by HKDF-SHA-256 (RFC 5869), one `info` a key. */
export function createIdentity(seed: Uint8Array): Identity {
  const nodeKey = deriveSecp256k1Key(seed, "shadowmesh/node-key");
  const nodeAccount = privateKeyToAccount(bytesToHex(nodeKey));
  const mlDsaKey = mlDsaPrivateKey(derive(seed, "shadowmesh/ml-dsa-87/1"));
  const mlDsaPublicKey = rawMlDsaPublicKey(mlDsaKey);
  const keyHash = mlDsaKeyHash(mlDsaPublicKey);
  return {
    peerId: computePeerId(nodeAccount.address, keyHash),
    nodeAddress: nodeAccount.address,
    mlDsaKeyHash: keyHash,
    mlDsaPublicKey,
    mlDsaKey,
    nodeAccount,
    sessionAccount: privateKeyToAccount(bytesToHex(deriveSecp256k1Key(seed, "shadowmesh/payment-session"))),
    libp2pKey: privateKeyFromRaw(nodeKey) as Secp256k1PrivateKey,
    deriveSecret: (purpose) => derive(seed, `shadowmesh/secret/${purpose}`),
    signMlDsa: (message, context) => signMlDsa(mlDsaKey, message, context),
  };
}

function derive(seed: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", seed, new Uint8Array(), info, 32));
}

function deriveSecp256k1Key(seed: Uint8Array, info: string): Uint8Array {
  // A draw outside 1..n-1 has a chance of 2^-128; the counter makes the derivation total all the same.
  for (let counter = 1; ; counter++) {
    const key = derive(seed, `${info}/${counter}`);
    const scalar = BigInt(bytesToHex(key));
    if (scalar > 0n && scalar < secp256k1Order) return key;
  }
}
