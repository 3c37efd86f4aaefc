import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";
import { placeFolder } from "../../core/store/index.ts";
import { type Driver, migrationsFolder } from "./driver.ts";

/**
 * PostgreSQL takes 128 MB for its own cache of pages unless told otherwise, and keeps them; pages outside it are in the
 * operating system's cache, so that look-ups are no slower (test/bench/start).
 */
const settings = ["-c", "shared_buffers=16MB"];

/** What PostgreSQL writes at least: a page. */
const pageBytes = 8_192;

/** Opens the embedded database in a folder; the daemon's folder lock keeps a second process away. */
export async function openPglite(folder: string): Promise<Driver> {
  if (!existsSync(folder)) await createCluster(folder);
  const client = await openCluster(folder);
  const db = drizzle(client);
  return {
    db,
    // One process, one connection: there is nobody to lock out.
    migrate: () => migrate(db, { migrationsFolder }),
    // It fails only where the database is being closed.
    listen: (channel, onNews) => void client.listen(channel, onNews).catch(() => undefined),
    close: () => client.close(),
  };
}

/**
 * Makes a new database beside its place, and puts it there as a whole: PGlite takes what a full disk or a crash left half
 * unpacked for a database, and opens it no more.
 */
async function createCluster(folder: string): Promise<void> {
  const fresh = `${folder}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  try {
    const client = await openCluster(fresh);
    await client.close();
    await placeFolder(fresh, folder);
  } catch (error) {
    // Best effort: the next start removes it, too.
    await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

async function openCluster(folder: string): Promise<PGlite> {
  try {
    return await PGlite.create(folder, { startParams: [...PGlite.defaultStartParams, ...settings] });
  } catch (error) {
    const { code, errno } = Object(error) as { code?: unknown; errno?: unknown };
    // PGlite keeps to itself why PostgreSQL did not come up. Where the disk is the reason, it is so for us, too.
    if (code === undefined && errno === undefined) await probeDisk(folder);
    throw error;
  }
}

/** @throws what the system says where not even a page can be written beside a folder */
async function probeDisk(folder: string): Promise<void> {
  const probe = `${folder}.probe`;
  try {
    await writeFile(probe, Buffer.alloc(pageBytes), { flush: true });
  } finally {
    await rm(probe, { force: true });
  }
}
