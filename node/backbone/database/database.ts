import { join } from "node:path";
import type { Logger } from "pino";
import { createBackoff, sleep } from "../../core/backoff.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import type { Service } from "../../core/service.ts";
import { backboneErrors } from "../errors.ts";
import type { Db, Driver } from "./driver.ts";
import { toDatabaseError } from "./failure.ts";

export interface DatabaseConfig {
  /** PostgreSQL URL; null for the embedded database. */
  url: string | null;
  /** Where the embedded database lives. */
  dataFolder: string;
}

export interface Database extends Service {
  /** Runs queries. @throws DATABASE_UNAVAILABLE while the database is away, the next call tries anew; DISK_FULL */
  run<T>(queries: (db: Db) => Promise<T>): Promise<T>;
  /** From the start on, calls back when an instance has notified a channel (`pg_notify`), or may have done so unheard. */
  onNotify(channel: string, onNews: () => void): void;
}

/** The embedded database of a data folder. */
export const embeddedFolder = (dataFolder: string): string => join(dataFolder, "backbone-db");

/** Opens the database as it is, and makes the embedded one where there is none. */
export async function openDriver({ url, dataFolder }: DatabaseConfig, log: Logger): Promise<Driver> {
  if (url !== null) return (await import("./postgres.ts")).openPostgres(url, log);
  return (await import("./pglite.ts")).openPglite(embeddedFolder(dataFolder));
}

/** Either database behind one door; only the driver that is used is loaded. */
export function createDatabase(config: DatabaseConfig, deps: { log: Logger }): Database {
  let driver: Driver | undefined;
  const listeners: [channel: string, onNews: () => void][] = [];

  return {
    async start(signal) {
      const backoff = createBackoff({ minMs: 200, maxMs: 5_000 });
      for (;;) {
        signal.throwIfAborted();
        try {
          driver ??= await openDriver(config, deps.log);
          await driver.migrate();
          for (const [channel, onNews] of listeners) driver.listen(channel, onNews);
          return;
        } catch (error) {
          const cause = toDatabaseError(error);
          if (!ShadowMeshError.is(cause, backboneErrors.DATABASE_UNAVAILABLE)) throw cause;
          deps.log.warn({ err: cause }, "the database does not answer yet");
          await sleep(backoff.next(), signal);
          if (signal.aborted) throw cause;
        }
      }
    },
    onNotify: (channel, onNews) => void listeners.push([channel, onNews]),
    async stop() {
      const open = driver;
      driver = undefined;
      await open?.close();
    },
    async run(queries) {
      if (driver === undefined) throw new ShadowMeshError(backboneErrors.DATABASE_UNAVAILABLE);
      try {
        return await queries(driver.db);
      } catch (error) {
        throw toDatabaseError(error);
      }
    },
  };
}
