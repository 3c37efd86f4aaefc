import { sql } from "drizzle-orm";
import { ShadowMeshError } from "../../core/errors.ts";
import { version } from "../../core/package.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import type { Db } from "../database/index.ts";
import { backupErrors } from "./errors.ts";
import { type BackupHeader, createTrailer } from "./format.ts";
import { appliedMigrations, isBackedUp, isKnown, presentTables, query } from "./tables.ts";

/** Takes the next lines; what it waits for holds the reading back. */
export type WriteLines = (lines: readonly string[]) => Promise<void>;

/** Fetched at once, about; a row of evidence may be as large as that alone. */
const batchBytes = 1024 * 1024;
const maxBatchRows = 2_000;

/**
 * Writes a database out, as it is at one moment, while others go on writing to it.
 *
 * @throws DATABASE_MISSING, DATABASE_NEWER, and what `write` throws
 */
export async function dump(
  db: Db,
  { network, nowMs }: { network: StatementDomain; nowMs: number },
  write: WriteLines,
): Promise<void> {
  const work = async (tx: Db) => {
    const header = await describe(tx, network, nowMs);
    const trailer = createTrailer();
    const writeOn = async (lines: readonly string[]) => {
      for (const line of lines) trailer.add(line);
      await write(lines);
    };
    await writeOn([JSON.stringify(header)]);
    for (const { name } of header.tables) await readTable(tx, name, writeOn);
    await write([trailer.text()]);
  };
  await db.transaction(work, { isolationLevel: "repeatable read", accessMode: "read only" });
}

async function describe(tx: Db, network: StatementDomain, madeAtMs: number): Promise<BackupHeader> {
  const migrations = await appliedMigrations(tx);
  if (migrations.length === 0) throw new ShadowMeshError(backupErrors.DATABASE_MISSING);
  if (!isKnown(migrations)) throw new ShadowMeshError(backupErrors.DATABASE_NEWER);
  const tables: BackupHeader["tables"] = [];
  for (const name of (await presentTables(tx)).filter(isBackedUp)) {
    const [counted] = await query<{ rows: unknown }>(tx, sql`SELECT count(*) AS rows FROM ${sql.identifier(name)}`);
    tables.push({ name, rows: Number(counted?.rows) });
  }
  const sequences = await query<{ name: string; last: unknown }>(
    tx,
    sql`SELECT sequencename AS name, last_value AS last FROM pg_sequences
        WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY sequencename`,
  );
  return {
    format: "shadowmesh-backbone",
    version: 1,
    release: version,
    madeAtMs,
    network,
    migrations,
    tables,
    // Of identity columns, which are named after their tables; somebody else's may lie beside.
    sequences: sequences
      .filter(({ name }) => tables.some((table) => name.startsWith(`${table.name}_`)))
      .map(({ name, last }) => ({ name, last: Number(last) })),
  };
}

async function readTable(tx: Db, table: string, write: WriteLines): Promise<void> {
  await tx.execute(
    sql`DECLARE backup NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS line FROM ${sql.identifier(table)} t`,
  );
  for (let count = 1; ; ) {
    const rows = await query<{ line: string }>(tx, sql.raw(`FETCH ${count} FROM backup`));
    if (rows.length > 0) await write(rows.map(({ line }) => line));
    if (rows.length < count) break;
    const averageBytes = rows.reduce((sum, { line }) => sum + line.length, 0) / rows.length;
    count = Math.max(1, Math.min(maxBatchRows, count * 8, Math.floor(batchBytes / averageBytes)));
  }
  await tx.execute(sql`CLOSE backup`);
}
