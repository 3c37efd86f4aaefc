import { join } from "node:path";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { packageFolder } from "../../core/package.ts";

/** What queries are written against: the same for both databases. */
export type Db = PgDatabase<PgQueryResultHKT>;

/** One of the two databases, opened. */
export interface Driver {
  readonly db: Db;
  /** Brings the tables up to date; safe while another instance does the same. */
  migrate(): Promise<void>;
  /**
   * Calls back when anybody notifies a channel, and after each time in which that could not be heard. Lasts until the
   * driver closes.
   */
  listen(channel: string, onNews: () => void): void;
  close(): Promise<void>;
}

export const migrationsFolder = join(packageFolder, "node", "backbone", "database", "migrations");

/** Keys of PostgreSQL's advisory locks: each names one thing that instances do one after the other. */
export const locks = { migrations: 7_340_001, signingKeys: 7_340_002, audit: 7_340_003, pool: 7_340_004 } as const;
