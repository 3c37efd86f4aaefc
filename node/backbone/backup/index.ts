export { dump, type WriteLines } from "./dump.ts";
export { backupErrors } from "./errors.ts";
export { readBackup, standardStream, toLines, writeBackup } from "./file.ts";
export { type BackupReader, createBackupReader } from "./format.ts";
export { checkBackup, type RestoreOptions, restore, totalRows } from "./restore.ts";
export { withDatabase } from "./with-database.ts";
