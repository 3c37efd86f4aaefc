import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { ShadowMeshError } from "../../core/errors.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import { append, toRow } from "../audit/index.ts";
import { innermost } from "../database/failure.ts";
import { type Db, locks } from "../database/index.ts";
import { backupErrors } from "./errors.ts";
import { type BackupHeader, type BackupReader, createBackupReader, damaged, type TableRows } from "./format.ts";
import {
  appliedMigrations,
  isBackedUp,
  isKnown,
  knownMigrations,
  migrationTable,
  presentTables,
  query,
} from "./tables.ts";

export interface RestoreOptions {
  readonly network: StatementDomain;
  /** Replaces what is in the database; without it, one that is not empty is refused. */
  readonly force: boolean;
  readonly nowMs: number;
  onRows?(rows: number, of: number): void;
}

/** SQLSTATE classes of rows that no backbone has written: data exceptions, broken constraints, what is not there. */
const refusal = /^(22|23|42)...$/;

/** Written at once, about. */
const batchBytes = 1024 * 1024;

/**
 * Puts a backup into a database as a whole, or leaves the database as it was. It is brought to the schema of the backup
 * first and from there to this release's, as a start of this release would do.
 *
 * @throws BACKUP_DAMAGED, BACKUP_NEWER, BACKUP_OF_ANOTHER_NETWORK, DATABASE_IN_USE, DATABASE_NOT_EMPTY, DATABASE_NEWER
 */
export async function restore(
  db: Db,
  batches: AsyncIterable<readonly string[]>,
  options: RestoreOptions,
): Promise<BackupReader> {
  const reader = createBackupReader();
  await db.transaction(async (tx) => {
    // An instance that starts now waits for what it will find.
    await tx.execute(sql`SELECT pg_advisory_xact_lock(${locks.migrations})`);
    let prepared = false;
    let waiting: Waiting | null = null;
    for await (const lines of batches) {
      const found = reader.take(lines);
      if (!prepared && reader.header !== null) {
        requireFit(reader.header, options.network);
        await makeRoom(tx, options.force);
        await migrate(tx, 0, reader.header.migrations.length);
        prepared = true;
      }
      for (const next of found) waiting = await collect(tx, waiting, next);
      if (reader.header !== null) options.onRows?.(reader.rows, totalRows(reader.header));
    }
    await insert(tx, waiting);
    reader.end();
    const { header } = reader;
    if (header === null) throw damaged("it is empty");
    await continueNumbers(tx, header.sequences);
    await migrate(tx, header.migrations.length);
    const details = { madeAtMs: header.madeAtMs, sha256: reader.sha256 };
    await append(tx, [toRow({ type: "database.restored", actor: null, subject: null, details }, options.nowMs)]);
  });
  return reader;
}

/** Reads a backup as a restore would, and touches no database. @throws what a restore would throw of it */
export async function checkBackup(
  batches: AsyncIterable<readonly string[]>,
  { network, onRows }: Pick<RestoreOptions, "network" | "onRows">,
): Promise<BackupReader> {
  const reader = createBackupReader();
  let fits = false;
  for await (const lines of batches) {
    reader.take(lines);
    if (reader.header === null) continue;
    if (!fits) requireFit(reader.header, network);
    fits = true;
    onRows?.(reader.rows, totalRows(reader.header));
  }
  reader.end();
  return reader;
}

export const totalRows = ({ tables }: BackupHeader): number => tables.reduce((sum, { rows }) => sum + rows, 0);

/** @throws BACKUP_NEWER, BACKUP_OF_ANOTHER_NETWORK, BACKUP_DAMAGED */
function requireFit({ network, migrations, tables }: BackupHeader, own: StatementDomain): void {
  if (!isKnown(migrations)) throw new ShadowMeshError(backupErrors.BACKUP_NEWER);
  if (!tables.every(({ name }) => isBackedUp(name))) throw damaged("it has tables that are none of ours");
  if (network.chainId !== own.chainId || network.nexusAddress.toLowerCase() !== own.nexusAddress.toLowerCase()) {
    throw new ShadowMeshError(backupErrors.BACKUP_OF_ANOTHER_NETWORK, { details: { network, own } });
  }
}

/** PostgreSQL ends a connection some time after its client is gone: of a backbone that was stopped just now. */
const goneMs = { within: 2_000, lookEvery: 100 };

/** @throws DATABASE_IN_USE */
async function requireAlone(tx: Db): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += goneMs.lookEvery) {
    // Within a transaction PostgreSQL says again what it said at first.
    await tx.execute(sql`SELECT pg_stat_clear_snapshot()`);
    const [others] = await query<{ count: unknown }>(
      tx,
      sql`SELECT count(*) AS count FROM pg_stat_activity
          WHERE datname = current_database() AND application_name LIKE 'shadowmesh-backbone%' AND pid <> pg_backend_pid()`,
    );
    const connections = Number(others?.count);
    if (connections === 0) return;
    if (waitedMs >= goneMs.within)
      throw new ShadowMeshError(backupErrors.DATABASE_IN_USE, { details: { connections } });
    await delay(goneMs.lookEvery);
  }
}

async function makeRoom(tx: Db, force: boolean): Promise<void> {
  await requireAlone(tx);
  if (!isKnown(await appliedMigrations(tx))) throw new ShadowMeshError(backupErrors.DATABASE_NEWER);
  const tables = await presentTables(tx);
  if (!force) await requireEmpty(tx, tables);
  for (const table of tables) await tx.execute(sql`DROP TABLE ${sql.identifier(table)} CASCADE`);
  await tx.execute(sql`CREATE SCHEMA IF NOT EXISTS "drizzle"`);
  // As Drizzle makes it, so that it goes on from there.
  await tx.execute(
    sql`CREATE TABLE IF NOT EXISTS ${migrationTable} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)`,
  );
  await tx.execute(sql`DELETE FROM ${migrationTable}`);
}

async function requireEmpty(tx: Db, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const rows = await query(tx, sql`SELECT 1 FROM ${sql.identifier(table)} LIMIT 1`);
    if (rows.length > 0) throw new ShadowMeshError(backupErrors.DATABASE_NOT_EMPTY, { details: { table } });
  }
}

async function migrate(tx: Db, from: number, to?: number): Promise<void> {
  for (const { sql: statements, hash, folderMillis } of knownMigrations().slice(from, to)) {
    for (const statement of statements) await tx.execute(sql.raw(statement));
    await tx.execute(sql`INSERT INTO ${migrationTable} (hash, created_at) VALUES (${hash}, ${folderMillis})`);
  }
}

/** Rows of one table that are not written yet. */
interface Waiting {
  readonly table: string;
  readonly rows: string[];
  bytes: number;
}

async function collect(tx: Db, waiting: Waiting | null, { table, rows }: TableRows): Promise<Waiting> {
  let current = waiting;
  if (current?.table !== table) {
    await insert(tx, current);
    current = { table, rows: [], bytes: 0 };
  }
  for (const row of rows) {
    current.rows.push(row);
    current.bytes += row.length;
    if (current.bytes < batchBytes) continue;
    await insert(tx, current);
    current = { table, rows: [], bytes: 0 };
  }
  return current;
}

/** PostgreSQL reads the rows itself: what is a number, a time or a document to it never passes through JavaScript. */
async function insert(tx: Db, waiting: Waiting | null): Promise<void> {
  if (waiting === null || waiting.rows.length === 0) return;
  const table = sql.identifier(waiting.table);
  const json = `[${waiting.rows.join(",")}]`;
  try {
    await tx.execute(
      sql`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(null::${table}, ${json}::json)`,
    );
  } catch (error) {
    const cause = innermost(error);
    if (!refusal.test(String(Object(cause).code))) throw error;
    throw damaged(`the database refuses a row of ${waiting.table}`, cause);
  }
}

async function continueNumbers(tx: Db, sequences: BackupHeader["sequences"]): Promise<void> {
  for (const { name, last } of sequences) {
    await tx.execute(sql`SELECT setval(quote_ident(${name})::regclass, ${last})`);
  }
}
