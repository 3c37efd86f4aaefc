import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import type { Logger } from "pino";
import { ShadowMeshError } from "../../core/errors.ts";
import { type Db, type Driver, locks, migrationsFolder } from "./driver.ts";
import { listenToPostgres } from "./listen.ts";

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
    db: withSafeTransactions(drizzle(pool), pool),
    listen: (channel, onNews) => void listeners.push(listenToPostgres(url, { channel, onNews, log })),
    async migrate() {
      const client = await pool.connect();
      const ignore = () => undefined;
      client.on("error", ignore);
      try {
        await client.query("SELECT pg_advisory_lock($1)", [locks.migrations]);
        await migrate(drizzle(client), { migrationsFolder });
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

/**
 * Drizzle never gives a connection back that breaks at BEGIN, so that ten such breaks would leave none, and gives one back
 * as sound whose ROLLBACK failed (drizzle-orm#6114): here it takes part in neither.
 */
function withSafeTransactions(db: Db, pool: pg.Pool): Db {
  db.transaction = async (work, options) => {
    const client = await pool.connect();
    let broken = false;
    try {
      return await drizzle(client).transaction(work, options);
    } catch (error) {
      // Our own refusals are thrown on a connection that has rolled back; after any other error it is not used again.
      broken = !ShadowMeshError.is(error);
      throw error;
    } finally {
      client.release(broken);
    }
  };
  return db;
}
