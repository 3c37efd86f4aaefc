import { ShadowMeshError } from "../../core/errors.ts";
import { storeErrors } from "../../core/store/index.ts";
import { backboneErrors } from "../errors.ts";

/** SQLSTATE classes and codes, and system codes, of a database that is away: it may be back in a moment. */
const away =
  /^(08...|57P0[1-3]|57014|53300|25006|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENOENT)$/;
const awayMessage = /connection terminated|connection error|timeout|not queryable|is closed|closed$/i;
/** SQLSTATE disk_full, io_error, and the same from the system; PostgreSQL calls it io_error where a flush meets it. */
const full = /^(53100|ENOSPC|EDQUOT)$/;
const ioError = "58030";
const fullMessage = /no space left|disk quota exceeded/i;
/** ENOSPC and EDQUOT of WebAssembly (WASI preview 1): the embedded database's file system throws a bare number. */
const fullErrno: unknown[] = [51, 19];

/**
 * What a failed query is to be thrown as. Drizzle's own error is left out, for it quotes the parameters, and those may
 * be a private key.
 */
export function toDatabaseError(error: unknown): unknown {
  if (ShadowMeshError.is(error)) return error;
  const inner = innermost(error);
  if (isFull(inner)) {
    return new ShadowMeshError(storeErrors.DISK_FULL, {
      message: "The disk that holds the backbone's database is full.",
      action: "Free some space there, then try again; what was stored before is safe.",
      cause: inner,
    });
  }
  return isAway(inner) ? new ShadowMeshError(backboneErrors.DATABASE_UNAVAILABLE, { cause: inner }) : inner;
}

/** What Drizzle and others have wrapped. */
export function innermost(error: unknown): unknown {
  let current = error;
  while (current instanceof Error && typeof current.cause === "object" && current.cause !== null)
    current = current.cause;
  return current;
}

function isFull(error: unknown): boolean {
  const { code, errno, message } = Object(error) as { code?: unknown; errno?: unknown; message?: unknown };
  if (code === ioError) return fullMessage.test(String(message));
  // What Node throws has a code beside its number, which is of another system's list.
  return code === undefined ? fullErrno.includes(errno) : full.test(String(code));
}

function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? away.test(code) : awayMessage.test(error.message);
}
