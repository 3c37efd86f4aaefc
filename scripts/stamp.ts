import { createHash } from "node:crypto";
import { glob, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { root } from "./root.ts";

// A build leaves the hash of what it was made of in its folder, so that the next one can see whether anything changed.

/** Files of the repository by pattern, sorted, with forward slashes. */
export async function files(...patterns: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of glob(patterns, { cwd: root, withFileTypes: true })) {
    if (entry.isFile()) found.push(relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, "/"));
  }
  return found.sort();
}

export async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(process.version);
  for (const path of [...paths].sort()) hash.update(`\0${path}\0`).update(await readFile(join(root, path)));
  return hash.digest("hex");
}

export const stampPath = (folder: string) => join(folder, ".stamp");
export const stampOf = (folder: string) => readFile(stampPath(folder), "utf8").catch(() => null);
