import { randomBytes } from "node:crypto";
import { constants, type Dirent } from "node:fs";
import { copyFile, type FileHandle, link, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ShadowMeshError } from "../errors.ts";
import { storeErrors } from "./errors.ts";

/**
 * Replaces a file as a whole: written beside it, flushed to the disk, then renamed over it, so that a crash leaves the
 * old content or the new, never half of one. Readable by its owner alone (0600, folder 0700).
 *
 * @throws DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export function writeFileAtomically(path: string, content: string): Promise<void> {
  return writeBeside(path, content, (temporary) => rename(temporary, path));
}

/**
 * Makes a file as a whole, in the same way, of a text or by what writes it; false where there is one already, also where
 * another process makes it at this moment.
 *
 * @throws DISK_FULL, DATA_FOLDER_UNWRITABLE, and what the writer throws
 */
export async function createFileAtomically(path: string, content: Content): Promise<boolean> {
  let made = true;
  await writeBeside(path, content, async (temporary) => {
    // Unlike a rename, a hard link never replaces what is there; file systems such as exFAT have none.
    const linked = link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") throw error;
      return copyFile(temporary, path, constants.COPYFILE_EXCL);
    });
    await linked.catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
      made = false;
    });
    await rm(temporary);
  });
  return made;
}

type Content = string | ((file: FileHandle) => Promise<void>);

async function writeBeside(path: string, content: Content, place: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, "wx", 0o600);
    try {
      if (typeof content === "string") await file.writeFile(content);
      else await content(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await place(temporary);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw toStoreError(cause, path);
  }
}

/** Flushed at a time: the disk writes many at once as fast as one, and a process may open a thousand. */
const maxOpenFiles = 64;

/**
 * Gives a folder that is complete its name, in the same way: all that is in it is flushed to the disk before.
 *
 * @throws DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export async function placeFolder(temporary: string, path: string): Promise<void> {
  try {
    const entries = await readdir(temporary, { recursive: true, withFileTypes: true });
    const sync = (entry: Dirent) => (entry.isDirectory() ? syncFolder : syncFile)(join(entry.parentPath, entry.name));
    while (entries.length > 0) await Promise.all(entries.splice(-maxOpenFiles).map(sync));
    await syncFolder(temporary);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    throw toStoreError(cause, path);
  }
}

/** The text of a file, or null where there is none. */
export async function readFileIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** The last two: a file stands where the folder belongs, or a folder where the file does. */
const unwritable = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "EISDIR"]);

/** Gives a file system error its ShadowMesh code; errors of other kinds pass unchanged. */
export function toStoreError(cause: unknown, path: string): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new ShadowMeshError(storeErrors.DISK_FULL, { cause, details: { path } });
  if (code !== undefined && unwritable.has(code)) {
    return new ShadowMeshError(storeErrors.DATA_FOLDER_UNWRITABLE, { cause, details: { path } });
  }
  return cause;
}

async function syncFolder(path: string): Promise<void> {
  // Windows can't open a folder; there, rename is durable by itself.
  if (process.platform !== "win32") await sync(path, "r");
}

/** Windows flushes only what is open for writing. */
const syncFile = (path: string) => sync(path, "r+");

async function sync(path: string, flags: "r" | "r+"): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
