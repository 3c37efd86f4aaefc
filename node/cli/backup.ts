import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { daemonRoutes } from "../api/daemon.ts";
import type { BackupReader, WriteLines } from "../backbone/backup/index.ts";
import { loadConfig } from "../config.ts";
import { createChain } from "../core/chain/index.ts";
import { ShadowMeshError } from "../core/errors.ts";
import { createLog } from "../core/log/index.ts";
import { type FolderLock, lockFolder, storeErrors } from "../core/store/index.ts";
import type { CliContext } from "./context.ts";

const backupHelp = `
It holds the backbone's database: devices and their refresh tokens, the keys that sign session tokens, the audit log with
its signed heads, admins' second factors, the evidence of scores, alerts on their way. Who has it can sign in as anybody:
keep it as you would a private key. Sessions of admins are left out; they sign in anew.

It does not hold what lies in the data folder beside. Keep the 24 words of the identity, whose key signs the heads of the
audit log, and copies of config.yaml, operator.json and payments.sqlite elsewhere.

Examples:
  $ shadowmesh backup backbone.zst
  $ shadowmesh backup - --data /srv/node | age -r age1… > backbone.zst.age`;

const restoreHelp = `
The database is the one that the configuration names: PostgreSQL by DATABASE_URL or backbone.databaseUrl, else the embedded
one of the data folder. A backup of either goes into either. All instances on it have to be stopped.

What happened after the backup was made is lost, and what was revoked since is valid again: see docs/guides/backup.md.

Examples:
  $ shadowmesh restore backbone.zst
  $ shadowmesh restore backbone.zst --check
  $ age -d -i key.txt backbone.zst.age | shadowmesh restore - --force`;

export function addBackupCommands(program: Command, context: CliContext): void {
  program
    .command("backup")
    .description("Write a backbone's database, as it is at one moment, to one file, while the backbone works on.")
    .argument("<file>", "a file that does not exist yet, or - for standard output")
    .addHelpText("after", backupHelp)
    .action((file: string) => backUp(context, file));

  program
    .command("restore")
    .description("Put a backup into a backbone's database, as a whole or not at all.")
    .argument("<file>", "a file that `shadowmesh backup` made, or - for standard input")
    .option("--force", "replace what is in the database")
    .option("--check", "only read the file to its end and say whether it is whole and fits this release and network")
    .addHelpText("after", restoreHelp)
    .action((file: string, options: { force?: boolean; check?: boolean }) => restoreFrom(context, file, options));
}

async function backUp(context: CliContext, file: string): Promise<void> {
  const { createBackupReader, standardStream, totalRows, writeBackup } = await import("../backbone/backup/index.ts");
  const reader = createBackupReader();
  const bytes = await writeBackup(file, async (write) => {
    await readDatabase(context, async (lines) => {
      reader.take(lines);
      if (reader.header !== null) context.progress(reader.rows, totalRows(reader.header), "rows");
      await write(lines);
    });
    reader.end();
  });
  if (file === standardStream) return;
  const answer = { file, bytes, ...summary(reader) };
  context.print(answer, `✓ ${describe(reader)}: ${file}, ${bytes} bytes`);
}

/** Through the daemon where one runs on the data folder: only one process can have the embedded database open. */
async function readDatabase(context: CliContext, write: WriteLines): Promise<void> {
  const { dump, toLines, withDatabase } = await import("../backbone/backup/index.ts");
  const lock = lockUnlessUsed(context.folder());
  if (lock === null) {
    const { client } = await context.daemon();
    for await (const lines of toLines(await client.open(daemonRoutes.backup, {}))) await write(lines);
    return;
  }
  try {
    const { database, network } = await settings(context);
    await withDatabase({ ...database, make: false }, { log: silent }, (db) =>
      dump(db, { network, nowMs: Date.now() }, write),
    );
  } finally {
    lock.release();
  }
}

async function restoreFrom(
  context: CliContext,
  file: string,
  { force = false, check = false }: { force?: boolean; check?: boolean },
): Promise<void> {
  const { checkBackup, readBackup, restore, withDatabase } = await import("../backbone/backup/index.ts");
  const { database, network } = await settings(context);
  const onRows = (rows: number, of: number) => context.progress(rows, of, "rows");
  if (check) {
    const reader = await checkBackup(readBackup(file), { network, onRows });
    context.print({ file, restored: false, ...summary(reader) }, `✓ whole: ${describe(reader)}`);
    return;
  }
  const lock = lockFolder(context.folder());
  try {
    const reader = await withDatabase({ ...database, make: true }, { log: silent }, (db) =>
      restore(db, readBackup(file), { network, force, nowMs: Date.now(), onRows }),
    );
    context.print({ file, restored: true, ...summary(reader) }, `✓ restored: ${describe(reader)}`);
  } finally {
    lock.release();
  }
}

const silent = createLog({ level: "silent" });

/** Null where a daemon holds the folder. A folder that is not there is left so. */
function lockUnlessUsed(folder: string): FolderLock | null {
  if (!existsSync(folder)) return { release: () => undefined };
  try {
    return lockFolder(folder);
  } catch (error) {
    if (ShadowMeshError.is(error, storeErrors.DATA_FOLDER_IN_USE)) return null;
    throw error;
  }
}

/** @throws CONFIG_INVALID, NO_CONTRACT */
async function settings(context: CliContext) {
  const config = await loadConfig(context.folder());
  const dataFolder = join(context.folder(), "backbone");
  return {
    database: { url: config.backbone.databaseUrl, dataFolder },
    network: createChain(config.chain, { log: silent }).statementDomain,
  };
}

function summary({ header, rows, sha256 }: BackupReader) {
  return { rows, sha256, madeAtMs: header?.madeAtMs, release: header?.release, tables: header?.tables };
}

function describe({ header, rows }: BackupReader): string {
  const madeAt = new Date(header?.madeAtMs ?? 0).toISOString();
  return `${rows} rows of ${header?.tables.length} tables as of ${madeAt}, by release ${header?.release}`;
}
