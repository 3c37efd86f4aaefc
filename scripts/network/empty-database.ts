import { cpSync, existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { embeddedFolder } from "../../node/backbone/database/database.ts";
import { openPglite } from "../../node/backbone/database/pglite.ts";
import { root } from "../root.ts";

const cache = join(root, "node_modules", ".cache", "shadowmesh");

/**
 * Puts an empty database where a backbone would make one at its first start: PostgreSQL's `initdb` takes PGlite two
 * seconds of a processor, a copy of what it makes a twentieth of one. Tables are the backbone's own to make.
 */
export async function placeEmptyDatabase(dataFolder: string): Promise<void> {
  const folder = embeddedFolder(dataFolder);
  if (existsSync(folder)) return;
  const made = await emptyDatabase();
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  // Its other form takes six times the work for these thousand files.
  cpSync(made, folder, { recursive: true });
}

/** An empty database that this version of PGlite has made, once on this machine. */
async function emptyDatabase(): Promise<string> {
  const manifest = join(root, "node_modules", "@electric-sql", "pglite", "package.json");
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  const path = join(cache, `pglite-${version}`);
  if (existsSync(path)) return path;
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(join(cache, "pglite-"));
  try {
    const fresh = join(temporary, "db");
    await (await openPglite(fresh)).close();
    // Another process may have been first.
    await rename(fresh, path).catch((error: unknown) => {
      if (!existsSync(path)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return path;
}
