import { randomUUID } from "node:crypto";
import { createToken, hashToken } from "../secrets.ts";

/** A refresh token: the family of tokens that it belongs to, and a secret of which the database has the hash. */
export interface RefreshToken {
  readonly family: string;
  readonly hash: string;
}

const format = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/;

/** Makes the next token of a family, or the first one of a new family. */
export function createRefreshToken(family: string = randomUUID()): RefreshToken & { text: string } {
  const secret = createToken();
  return { text: `${family}.${secret}`, family, hash: hashToken(secret) };
}

/** Null for what is no refresh token. */
export function readRefreshToken(text: string): RefreshToken | null {
  const [, family, secret] = format.exec(text) ?? [];
  return family === undefined || secret === undefined ? null : { family, hash: hashToken(secret) };
}
