import { createHash } from "node:crypto";
import { z } from "zod";
import { ShadowMeshError } from "../../core/errors.ts";
import { backupErrors } from "./errors.ts";

/**
 * A backup is lines of JSON: this header, then the rows of its tables in its order, each as PostgreSQL's row_to_json
 * writes it, then the SHA-256 of all lines before.
 */
const headerSchema = z.object({
  format: z.literal("shadowmesh-backbone"),
  version: z.literal(1),
  release: z.string(),
  madeAtMs: z.number().int(),
  network: z.object({ chainId: z.number().int(), nexusAddress: z.string() }),
  /** Hashes of the migrations that the database had seen. */
  migrations: z.array(z.string()).min(1),
  tables: z.array(z.object({ name: z.string(), rows: z.number().int().min(0) })),
  /** Last numbers that were given out. */
  sequences: z.array(z.object({ name: z.string(), last: z.number().int() })),
});
export type BackupHeader = z.infer<typeof headerSchema>;

const trailerSchema = z.strictObject({ sha256: z.string() });

export interface TableRows {
  readonly table: string;
  /** JSON objects as text. */
  readonly rows: readonly string[];
}

/** Follows the lines of a backup, as they are written or read. */
export interface BackupReader {
  /** Null before the first line. */
  readonly header: BackupHeader | null;
  readonly rows: number;
  /** SHA-256 in hex; null before the last line. */
  readonly sha256: string | null;
  /** Takes the next lines, without their ends; gives the rows among them. @throws BACKUP_DAMAGED, BACKUP_NEWER */
  take(lines: readonly string[]): TableRows[];
  /** @throws BACKUP_DAMAGED where the last line was not the end */
  end(): void;
}

export function createBackupReader(): BackupReader {
  const hash = createHash("sha256");
  let header: BackupHeader | null = null;
  let sha256: string | null = null;
  let rows = 0;
  let table = 0;
  /** Of the table that is being read. */
  let rowsLeft = 0;

  function begin(line: string): void {
    header = readHeader(line);
    hash.update(`${line}\n`);
    rowsLeft = header.tables[0]?.rows ?? 0;
    toNextTable();
  }

  function toNextTable(): void {
    const tables = header?.tables ?? [];
    while (rowsLeft === 0 && table < tables.length) rowsLeft = tables[++table]?.rows ?? 0;
  }

  return {
    get header() {
      return header;
    },
    get rows() {
      return rows;
    },
    get sha256() {
      return sha256;
    },
    take(lines) {
      const found: TableRows[] = [];
      for (let at = 0; at < lines.length; ) {
        if (sha256 !== null) throw damaged("something follows its end");
        if (header === null) {
          begin(lines[at++] ?? "");
          continue;
        }
        const current = header.tables[table];
        if (current === undefined) {
          sha256 = readTrailer(lines[at++] ?? "");
          if (sha256 !== hash.digest("hex")) throw damaged("its SHA-256 is not that of its lines");
          continue;
        }
        const taken = lines.slice(at, at + rowsLeft);
        for (const line of taken) hash.update(`${line}\n`);
        found.push({ table: current.name, rows: taken });
        at += taken.length;
        rows += taken.length;
        rowsLeft -= taken.length;
        toNextTable();
      }
      return found;
    },
    end() {
      if (sha256 === null) throw damaged("its end is missing");
    },
  };
}

/** The line that ends a backup of these lines. */
export function createTrailer(): { add(line: string): void; text(): string } {
  const hash = createHash("sha256");
  return {
    add: (line) => void hash.update(`${line}\n`),
    text: () => JSON.stringify({ sha256: hash.digest("hex") }),
  };
}

function readHeader(line: string): BackupHeader {
  const json = toJson(line);
  const parsed = headerSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { format, version } = Object(json) as { format?: unknown; version?: unknown };
  if (format === "shadowmesh-backbone" && typeof version === "number" && version > 1) {
    throw new ShadowMeshError(backupErrors.BACKUP_NEWER);
  }
  throw damaged("its first line is not a backup's");
}

function readTrailer(line: string): string {
  const parsed = trailerSchema.safeParse(toJson(line));
  if (!parsed.success) throw damaged("it has other rows than its first line says");
  return parsed.data.sha256;
}

function toJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export function damaged(reason: string, cause?: unknown): ShadowMeshError {
  return new ShadowMeshError(backupErrors.BACKUP_DAMAGED, { details: { reason }, cause });
}
