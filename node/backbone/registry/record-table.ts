import { and, eq, gt, lte, sql } from "drizzle-orm";
import type { Hex } from "viem";
import type { NodeRecord, SignedRecord } from "../../core/records/index.ts";
import { type Database, records } from "../database/index.ts";

export interface StoredRecord {
  readonly sequence: number;
  readonly expiresAtMs: number;
  readonly signed: SignedRecord;
}

export interface RecordTable {
  /** The record of a peer, unless it has run out. */
  get(peerId: Hex): Promise<StoredRecord | null>;
  /** Stores a record if it is newer than what is there; the very same one is no news, and no fault. */
  put(record: NodeRecord): Promise<boolean>;
  purge(): Promise<void>;
}

/** The newest signed record of each node. @throws DATABASE_UNAVAILABLE */
export function createRecordTable(deps: { database: Database; now: () => number }): RecordTable {
  const { database, now } = deps;
  return {
    async get(peerId) {
      const alive = and(eq(records.peerId, peerId), gt(records.expiresAtMs, now()));
      const [row] = await database.run((db) => db.select().from(records).where(alive));
      return row ?? null;
    },
    async put({ peerId, sequence, expiresAtMs, signed }) {
      const row = { peerId, sequence, expiresAtMs, signed };
      const newer = sql`${records.sequence} < excluded.sequence OR ${records.signed} = excluded.signed`;
      const written = await database.run((db) =>
        db
          .insert(records)
          .values(row)
          .onConflictDoUpdate({ target: records.peerId, set: row, setWhere: newer })
          .returning({ peerId: records.peerId }),
      );
      return written.length > 0;
    },
    async purge() {
      await database.run((db) => db.delete(records).where(lte(records.expiresAtMs, now())));
    },
  };
}
