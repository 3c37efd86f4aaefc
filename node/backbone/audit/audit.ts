import type { Logger } from "pino";
import { ShadowMeshError } from "../../core/errors.ts";
import type { Service } from "../../core/service.ts";
import type { Database, Db } from "../database/index.ts";
import { append } from "./append.ts";
import { auditErrors } from "./errors.ts";
import { type AuditEvent, type AuditRow, toRow } from "./event.ts";

/** Events of one transaction; a parameter a field, and PostgreSQL takes 65,535 of them. */
const maxBatch = 1_000;
/** Events that wait for theirs: some seconds of a database at its limit. */
const maxWaiting = 20_000;

/** What the other rooms know of the log. */
export interface Audit {
  /**
   * Resolves to the event's number once its row is in the database. Whoever answers a request for what the event tells of
   * waits for that; where it rejects, the request fails.
   *
   * @throws AUDIT_BUSY, AUDIT_BROKEN, DATABASE_UNAVAILABLE, DISK_FULL
   */
  record(event: AuditEvent): Promise<number>;
  /**
   * Writes events in the transaction of what they tell of: neither is ever without the other. No other lock may be taken
   * after it, nor much time be spent.
   *
   * @throws AUDIT_BROKEN
   */
  recordWithin(tx: Db, events: readonly AuditEvent[]): Promise<void>;
}

interface Waiting {
  readonly row: Omit<AuditRow, "sequence">;
  resolve(sequence: number): void;
  reject(error: unknown): void;
}

export interface AuditDeps {
  database: Database;
  /** What else has to happen in the transaction that writes these events. */
  onAppend(tx: Db, rows: readonly AuditRow[]): Promise<void>;
  /** Told of these events once they are in the log, or in a transaction that is about to bring them there. */
  onAppended?(rows: readonly Omit<AuditRow, "sequence">[]): void;
  now: () => number;
  log: Logger;
}

/** The log's writer: what comes while a transaction runs goes together into the next. */
export function createAudit(deps: AuditDeps): Audit & Service {
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;

  /** The number of the first. */
  async function writeRows(tx: Db, rows: readonly Omit<AuditRow, "sequence">[]): Promise<number> {
    const { first, foreign } = await append(tx, rows);
    await deps.onAppend(
      tx,
      rows.map((row, index) => ({ ...row, sequence: first + index })),
    );
    if (foreign !== null) deps.log.error({ sequence: foreign }, "somebody else wrote a row behind the audit log");
    return first;
  }

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      try {
        const rows = batch.map(({ row }) => row);
        const first = await deps.database.run((db) => db.transaction((tx) => writeRows(tx, rows)));
        deps.onAppended?.(rows);
        for (const [index, { resolve }] of batch.entries()) resolve(first + index);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = undefined;
  }

  return {
    async record(event) {
      const row = toRow(event, deps.now());
      if (waiting.length >= maxWaiting) throw new ShadowMeshError(auditErrors.AUDIT_BUSY);
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      waiting.push({ row, resolve, reject });
      writing ??= write();
      return promise;
    },
    async recordWithin(tx, events) {
      const rows = events.map((event) => toRow(event, deps.now()));
      await writeRows(tx, rows);
      deps.onAppended?.(rows);
    },
    start: async (signal) => signal.throwIfAborted(),
    async stop() {
      await writing;
    },
  };
}
