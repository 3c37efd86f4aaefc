import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** What a URL path leads to in an exported site. */
export type Found = { file: string } | { redirect: string } | null;

export interface ExportedFiles {
  /** Null while the site is not built. */
  find(path: string): Promise<Found>;
  exists(): Promise<boolean>;
}

/**
 * The files of a Next export (trailing slashes: `/peers/` is `peers/index.html`). Only what a listing of the folder
 * has found is ever opened, so no path can lead out of it. A new build is noticed by its index.html.
 */
export function createExportedFiles(folder: string): ExportedFiles {
  let files = new Set<string>();
  let builtAtMs = -1;

  async function refresh(): Promise<boolean> {
    const index = await stat(join(folder, "index.html")).catch(() => null);
    if (index === null) return false;
    if (index.mtimeMs !== builtAtMs) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      files = new Set(
        entries
          .filter((entry) => entry.isFile())
          .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/")),
      );
      builtAtMs = index.mtimeMs;
    }
    return true;
  }

  return {
    exists: refresh,
    async find(path) {
      await refresh();
      const name = path.slice(1);
      if (name === "" || name.endsWith("/")) {
        return files.has(`${name}index.html`) ? { file: `${name}index.html` } : null;
      }
      if (files.has(name)) return { file: name };
      return files.has(`${name}/index.html`) ? { redirect: `${path}/` } : null;
    },
  };
}
