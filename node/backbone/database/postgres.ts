import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import type { Logger } from "pino";
import { type Driver, locks, migrationsFolder } from "./driver.ts";
import { listenToPostgres } from "./listen.ts";
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
  // Without a listener, a connection that breaks would end the process: an idle one, or one between two queries of a
  // transaction, which fails at the next.
  pool.on("error", (error) => log.warn({ err: error }, "an idle database connection broke"));
  pool.on("connect", (client) => client.on("error", (error) => log.debug({ err: error }, "a connection broke")));
  const listeners: { close(): Promise<void> }[] = [];
  return {
    db: drizzle(pool, { schema }),
    listen: (channel, onNews) => void listeners.push(listenToPostgres(url, { channel, onNews, log })),
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
    async close() {
      await Promise.all(listeners.map((listener) => listener.close()));
      await pool.end();
    },
  };
}
