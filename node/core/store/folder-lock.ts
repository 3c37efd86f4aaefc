import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ShadowMeshError } from "../errors.ts";
import { storeErrors } from "./errors.ts";
import { toSqliteError } from "./sqlite-error.ts";

export interface FolderLock {
  release(): void;
}

// The collector closes a database that nothing refers to, and its lock is lost with it: a lock is held until it is
// released, also where its holder keeps no reference.
const held = new Set<DatabaseSync>();

/**
 * Holds a data folder for this process alone. The lock is SQLite's exclusive file lock: the operating system frees it
 * when the process ends, however it ends, so there is no stale lock file to clean up.
 *
 * @throws DATA_FOLDER_IN_USE, DATA_FOLDER_UNWRITABLE, DISK_FULL
 */
export function lockFolder(folder: string): FolderLock {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(join(folder, "daemon.lock"));
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
  } catch (cause) {
    database?.close();
    if (/locked|busy/i.test(String(cause))) {
      throw new ShadowMeshError(storeErrors.DATA_FOLDER_IN_USE, { cause, details: { folder } });
    }
    // Nothing of worth is in it, and a file that is no database can't be held by anyone.
    if (/not a database/i.test(String(cause))) {
      rmSync(join(folder, "daemon.lock"));
      return lockFolder(folder);
    }
    throw toSqliteError(cause, folder);
  }
  held.add(database);
  return {
    release() {
      if (held.delete(database)) database.close();
    },
  };
}
