import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { promisify } from "node:util";

const verifyOnPool = promisify(verify);

/** Byte lengths of ML-DSA-87 (FIPS 204, table 2). */
export const mlDsa87 = { seedBytes: 32, publicKeyBytes: 2592, signatureBytes: 4627 } as const;

/** What stands before the raw public key in a SubjectPublicKeyInfo (RFC 9881): two lengths and id-ml-dsa-87. */
const spkiPrefix = Buffer.from("30820a32300b060960864801650304031303820a2100", "hex");

/** FIPS 204 context string of the backbone challenge. */
export const authContext = "shadowmesh/auth/1";

/** The ML-DSA-87 private key of a 32-byte seed (FIPS 204, ξ). */
export function mlDsaPrivateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(seed), format: "raw-seed", asymmetricKeyType: "ml-dsa-87" });
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
  publicKey: Uint8Array;
  message: Uint8Array;
  signature: Uint8Array;
  context: string;
}): Promise<boolean> {
  if (input.publicKey.length !== mlDsa87.publicKeyBytes) return false;
  if (input.signature.length !== mlDsa87.signatureBytes) return false;
  // Not by a KeyObject: making one is half of what the calling thread has to do for a check.
  const key = Buffer.concat([spkiPrefix, input.publicKey]);
  const context = Buffer.from(input.context);
  return verifyOnPool(null, input.message, { key, format: "der", type: "spki", context }, input.signature);
}
