import { getTableName, is, type SQL, sql } from "drizzle-orm";
import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import { PgTable } from "drizzle-orm/pg-core";
import { migrationsFolder } from "../database/driver.ts";
import { adminSessions, adminSignIns, challenges, type Db } from "../database/index.ts";
import * as schema from "../database/schema.ts";

/**
 * What no backup holds: what runs out within minutes, and sessions of admins, of which one that was ended since would come
 * back to life.
 */
const leftOut: readonly string[] = [challenges, adminSignIns, adminSessions].map((table) => getTableName(table));

const allTables: readonly string[] = Object.values(schema)
  .filter((value) => is(value, PgTable))
  .map((table) => getTableName(table));

export const isBackedUp = (table: string): boolean => allTables.includes(table) && !leftOut.includes(table);

/** Drizzle's own list of the migrations that a database has seen. */
export const migrationTable: SQL = sql`"drizzle"."__drizzle_migrations"`;

/** Every migration of this release, the oldest first. */
export const knownMigrations = (): MigrationMeta[] => readMigrationFiles({ migrationsFolder });

/** Hashes of the migrations that a database has seen, the oldest first; none where no backbone has used it. */
export async function appliedMigrations(db: Db): Promise<string[]> {
  const [found] = await query<{ there: boolean }>(
    db,
    sql`SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS there`,
  );
  if (!found?.there) return [];
  const rows = await query<{ hash: string }>(db, sql`SELECT hash FROM ${migrationTable} ORDER BY created_at`);
  return rows.map(({ hash }) => hash);
}

/** Whether this release knows all of these migrations, in this order. */
export function isKnown(hashes: readonly string[]): boolean {
  const known = knownMigrations();
  return hashes.every((hash, index) => known[index]?.hash === hash);
}

/** The tables of ours that a database has, in the order of the alphabet. */
export async function presentTables(db: Db): Promise<string[]> {
  const rows = await query<{ name: string }>(
    db,
    sql`SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`,
  );
  return rows.map(({ name }) => name).filter((name) => allTables.includes(name));
}

/** The rows of a query, which both drivers give under the same name. */
export async function query<T>(db: Db, text: SQL): Promise<T[]> {
  return ((await db.execute(text)) as { rows: T[] }).rows;
}
