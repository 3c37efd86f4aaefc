import { mkdir } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";
import { type Driver, migrationsFolder } from "./driver.ts";
import * as schema from "./schema.ts";

/**
 * PostgreSQL takes 128 MB for its own cache of pages unless told otherwise, and keeps them; pages outside it are in the
 * operating system's cache, so that look-ups are no slower (test/bench/start).
 */
const settings = ["-c", "shared_buffers=16MB"];

/** Opens the embedded database in a folder; the daemon's folder lock keeps a second process away. */
export async function openPglite(folder: string): Promise<Driver> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const client = await PGlite.create(folder, { startParams: [...PGlite.defaultStartParams, ...settings] });
  const db = drizzle(client, { schema });
  return {
    db,
    // One process, one connection: there is nobody to lock out.
    migrate: () => migrate(db, { migrationsFolder }),
    close: () => client.close(),
  };
}
