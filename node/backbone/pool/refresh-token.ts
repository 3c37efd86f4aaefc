import { createHash, randomBytes, randomUUID } from "node:crypto";

/** A refresh token: the family of tokens that it belongs to, and a secret of which the database has the hash. */
export interface RefreshToken {
  readonly family: string;
  readonly hash: string;
}

const format = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/;

/** Makes the next token of a family, or the first one of a new family. */
export function createRefreshToken(family: string = randomUUID()): RefreshToken & { text: string } {
  const secret = randomBytes(32).toString("base64url");
  return { text: `${family}.${secret}`, family, hash: hashOf(secret) };
}

/** Null for what is no refresh token. */
export function readRefreshToken(text: string): RefreshToken | null {
  const [, family, secret] = format.exec(text) ?? [];
  return family === undefined || secret === undefined ? null : { family, hash: hashOf(secret) };
}

/** Of 256 random bits a plain hash is enough: there is nothing to guess. */
function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
