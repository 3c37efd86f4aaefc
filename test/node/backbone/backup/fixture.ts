import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  dump,
  type RestoreOptions,
  readBackup,
  restore,
  withDatabase,
  writeBackup,
} from "../../../../node/backbone/backup/index.ts";
import { silent } from "../../api/fixture.ts";
import { domain } from "../fixture.ts";

export interface Settings {
  dataFolder: string;
  databaseUrl: string | null;
}

const configOf = ({ dataFolder, databaseUrl: url }: Settings) => ({ dataFolder, url });

/** As `shadowmesh backup` does it where no daemon runs. */
export const backUpTo = (file: string, settings: Settings) =>
  writeBackup(file, (write) =>
    withDatabase({ ...configOf(settings), make: false }, { log: silent }, (db) =>
      dump(db, { network: domain, nowMs: Date.now() }, write),
    ),
  );

/** As `shadowmesh restore` does it. */
export const restoreFrom = (file: string, settings: Settings, options: Partial<RestoreOptions> = {}) =>
  withDatabase({ ...configOf(settings), make: true }, { log: silent }, (db) =>
    restore(db, readBackup(file), { network: domain, force: false, nowMs: Date.now(), ...options }),
  );

/** Writes lines as a backup, whatever they are. */
export const writeLines = (file: string, lines: readonly string[]) => writeBackup(file, (write) => write(lines));

export async function readLines(file: string): Promise<string[]> {
  const all: string[] = [];
  for await (const lines of readBackup(file)) all.push(...lines);
  return all;
}

/** A folder for files, and names in it that are free. */
export async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), "shadowmesh-backup-"));
  return {
    folder,
    freeName: () => join(folder, `${randomUUID()}.zst`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
