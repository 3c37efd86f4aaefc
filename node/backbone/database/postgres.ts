import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import type { Logger } from "pino";
import { type Driver, locks, migrationsFolder } from "./driver.ts";
import * as schema from "./schema.ts";

/** Longer than any query of ours, short enough that a request gets its 503 while the caller still waits. */
const queryTimeoutMs = 5_000;

/** Opens PostgreSQL; connections are made on demand and made anew after they were lost. */
export async function openPostgres(url: string, log: Logger): Promise<Driver> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 2_000,
    query_timeout: queryTimeoutMs,
    statement_timeout: queryTimeoutMs,
    keepAlive: true,
    application_name: "shadowmesh-backbone",
  });
  // Without a listener, an idle connection that breaks would end the process.
  pool.on("error", (error) => log.warn({ err: error }, "an idle database connection broke"));
  return {
    db: drizzle(pool, { schema }),
    async migrate() {
      const client = await pool.connect();
      const ignore = () => undefined;
      client.on("error", ignore);
      try {
        await client.query("SELECT pg_advisory_lock($1)", [locks.migrations]);
        await migrate(drizzle(client, { schema }), { migrationsFolder });
        await client.query("SELECT pg_advisory_unlock($1)", [locks.migrations]);
        client.release();
      } catch (error) {
        // Closing the connection frees its locks.
        client.release(true);
        throw error;
      } finally {
        client.off("error", ignore);
      }
    },
    close: () => pool.end(),
  };
}
