import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { ShadowMeshError } from "../errors.ts";
import { storeErrors } from "./errors.ts";

/**
 * Replaces a file as a whole: written beside it, flushed to the disk, then renamed over it, so that a crash leaves the
 * old content or the new, never half of one. Readable by its owner alone (0600, folder 0700).
 *
 * @throws DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export async function writeFileAtomically(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
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

/** Gives a file system error its ShadowMesh code; errors of other kinds pass unchanged. */
export function toStoreError(cause: unknown, path: string): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new ShadowMeshError(storeErrors.DISK_FULL, { cause, details: { path } });
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR") {
    return new ShadowMeshError(storeErrors.DATA_FOLDER_UNWRITABLE, { cause, details: { path } });
  }
  return cause;
}

async function syncFolder(path: string): Promise<void> {
  // Windows can't open a folder; there, rename is durable by itself.
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
