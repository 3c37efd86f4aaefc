import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { promisify } from "node:util";

const verifyOnPool = promisify(verify);

/** Byte lengths of ML-DSA-87 (FIPS 204, table 2). */
export const mlDsa87 = { seedBytes: 32, publicKeyBytes: 2592, signatureBytes: 4627 } as const;

/** FIPS 204 context string of the backbone challenge. */
export const authContext = "shadowmesh/auth/1";

/** The ML-DSA-87 private key of a 32-byte seed (FIPS 204, ξ). */
export function mlDsaPrivateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(seed), format: "raw-seed", asymmetricKeyType: "ml-dsa-87" });
}

/** A public key of 2,592 bytes as OpenSSL has it, some 6 KB: making one is half of what a check costs the calling thread. */
export function mlDsaPublicKey(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(raw), format: "raw-public", asymmetricKeyType: "ml-dsa-87" });
}

/** The raw public key, 2,592 bytes. */
export function rawMlDsaPublicKey(key: KeyObject): Uint8Array {
  return (key.type === "public" ? key : createPublicKey(key)).export({ format: "raw-public" });
}

/** Signs a message with ML-DSA-87 under a FIPS 204 context string; 4,627 bytes. */
export function signMlDsa(key: KeyObject, message: Uint8Array, context: string): Uint8Array {
  return sign(null, message, { key, context: Buffer.from(context) });
}

/**
 * Whether the signature is this key's over the message under the context, checked on a thread of libuv's pool; false for
 * keys and signatures of wrong length.
 */
export async function verifyMlDsa87(input: {
  publicKey: Uint8Array | KeyObject;
  message: Uint8Array;
  signature: Uint8Array;
  context: string;
}): Promise<boolean> {
  const { publicKey, message, signature } = input;
  if (signature.length !== mlDsa87.signatureBytes) return false;
  if (publicKey instanceof Uint8Array && publicKey.length !== mlDsa87.publicKeyBytes) return false;
  const key = publicKey instanceof Uint8Array ? mlDsaPublicKey(publicKey) : publicKey;
  return verifyOnPool(null, message, { key, context: Buffer.from(input.context) }, signature);
}
