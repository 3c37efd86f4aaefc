import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { ShadowMeshError } from "../../core/errors.ts";
import { adminErrors } from "./errors.ts";

const cipher = "aes-256-gcm";
/** NIST SP 800-38D: 96 bits, at random for far fewer than 2^32 texts. */
const ivBytes = 12;
const tagBytes = 16;

/** Keeps a text unreadable for whoever has the database alone. */
export interface Sealing {
  /** @param owner - Whose it is; it opens for nobody else, whatever row it is put into. */
  seal(text: string, owner: string): string;
  /** @throws SECOND_FACTOR_UNREADABLE */
  open(sealed: string, owner: string): string;
}

/**
 * AES-256-GCM under keys that HKDF (RFC 5869) makes of these secrets.
 *
 * @param secrets - The first one seals, any of them opens: so a new one takes the place of an old one.
 */
export function createSealing(secrets: readonly (string | Uint8Array)[]): Sealing {
  const keys = secrets.map(
    (secret) => new Uint8Array(hkdfSync("sha256", secret, "", "shadowmesh/second-factor/1", 32)),
  );
  const [newest] = keys;
  if (newest === undefined) throw new RangeError("there is no secret to seal by");

  function openBy(key: Uint8Array, bytes: Buffer, owner: string): string | null {
    try {
      const decipher = createDecipheriv(cipher, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString();
    } catch {
      return null;
    }
  }

  return {
    seal(text, owner) {
      const iv = randomBytes(ivBytes);
      const encipher = createCipheriv(cipher, newest, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(owner));
      const body = Buffer.concat([encipher.update(text, "utf8"), encipher.final()]);
      return Buffer.concat([iv, encipher.getAuthTag(), body]).toString("base64url");
    },
    open(sealed, owner) {
      const bytes = Buffer.from(sealed, "base64url");
      for (const key of keys) {
        const text = openBy(key, bytes, owner);
        if (text !== null) return text;
      }
      throw new ShadowMeshError(adminErrors.SECOND_FACTOR_UNREADABLE);
    },
  };
}
