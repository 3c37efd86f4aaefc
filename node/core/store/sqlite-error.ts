import { ShadowMeshError } from "../errors.ts";
import { toStoreError } from "./atomic-file.ts";
import { storeErrors } from "./errors.ts";

/** SQLite's extended result codes (sqlite.org/rescode.html) for a disk that is full: of the file, or of what is beside it. */
const full = new Set([13, 778, 4874]);
/** READONLY and CANTOPEN, in the low byte. */
const unwritable = new Set([8, 14]);

/** Gives an error of node:sqlite its ShadowMesh code; errors of other kinds pass unchanged. */
export function toSqliteError(cause: unknown, path: string): unknown {
  const code = (cause as { errcode?: number }).errcode;
  if (code === undefined) return toStoreError(cause, path);
  if (full.has(code)) return new ShadowMeshError(storeErrors.DISK_FULL, { cause, details: { path } });
  if (unwritable.has(code & 0xff)) {
    return new ShadowMeshError(storeErrors.DATA_FOLDER_UNWRITABLE, { cause, details: { path } });
  }
  return cause;
}
