import { ShadowMeshError } from "../../core/errors.ts";
import { backboneErrors } from "../errors.ts";

/** SQLSTATE classes and codes, and system codes, of a database that is away: it may be back in a moment. */
const away =
  /^(08...|57P0[1-3]|57014|53300|25006|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENOENT)$/;
const awayMessage = /connection terminated|connection error|timeout|not queryable|is closed|closed$/i;

/**
 * What a failed query is to be thrown as. Drizzle's own error is left out, for it quotes the parameters, and those may
 * be a private key.
 */
export function toDatabaseError(error: unknown): unknown {
  if (ShadowMeshError.is(error)) return error;
  const inner = innermost(error);
  return isAway(inner) ? new ShadowMeshError(backboneErrors.DATABASE_UNAVAILABLE, { cause: inner }) : inner;
}

function innermost(error: unknown): unknown {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  return current;
}

function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? away.test(code) : awayMessage.test(error.message);
}
