import { randomUUID } from "node:crypto";
import { eq, lt, sql } from "drizzle-orm";
import { firstWaitMs, lifetimeMs, maxWaitMs, type WebhookDelivery } from "../../core/webhook/index.ts";
import { type Database, type Db, webhookOutbox } from "../database/index.ts";

/** Alerts that wait, for all receivers together: one that is away for long loses the newest, not the disk. */
const maxWaiting = 1_000;

export interface Delivery extends WebhookDelivery {
  readonly attempts: number;
}

export interface Outbox {
  /** Adds alerts for each receiver, within the transaction of what they tell of. Gives how many found no room. */
  put(tx: Db, bodies: readonly string[], urls: readonly string[]): Promise<number>;
  /**
   * Takes what is due, and sets when each is due again: whatever becomes of who took it, it is tried until it is removed,
   * and no two instances send it at once.
   */
  take(limit: number): Promise<Delivery[]>;
  remove(id: string): Promise<void>;
  count(): Promise<number>;
  /** Drops what nobody took for a day, and stays in the audit log alone; gives how many. */
  purge(): Promise<number>;
}

/** @throws DATABASE_UNAVAILABLE */
export function createOutbox({ database, now }: { database: Database; now: () => number }): Outbox {
  return {
    async put(tx, bodies, urls) {
      const rows = bodies.flatMap((body) =>
        urls.map((url) => ({ id: randomUUID(), url, body, attempts: 0, createdAtMs: now(), dueAtMs: now() })),
      );
      const room = Math.max(0, maxWaiting - (await tx.$count(webhookOutbox)));
      const kept = rows.slice(0, room);
      if (kept.length > 0) await tx.insert(webhookOutbox).values(kept);
      return rows.length - kept.length;
    },
    async take(limit) {
      const { id, url, body, attempts, dueAtMs } = webhookOutbox;
      return database.run((db) =>
        db
          .update(webhookOutbox)
          .set({
            attempts: sql`${attempts} + 1`,
            dueAtMs: sql`${now()} + least(${maxWaitMs}, ${firstWaitMs} * power(2, least(${attempts}, 20)))::bigint`,
          })
          .where(
            sql`${id} IN (
              SELECT ${id} FROM ${webhookOutbox} WHERE ${dueAtMs} <= ${now()}
              ORDER BY ${dueAtMs} LIMIT ${limit} FOR UPDATE SKIP LOCKED
            )`,
          )
          .returning({ id, url, body, attempts }),
      );
    },
    async remove(id) {
      await database.run((db) => db.delete(webhookOutbox).where(eq(webhookOutbox.id, id)));
    },
    count: () => database.run((db) => db.$count(webhookOutbox)),
    async purge() {
      const dropped = await database.run((db) =>
        db
          .delete(webhookOutbox)
          .where(lt(webhookOutbox.createdAtMs, now() - lifetimeMs))
          .returning({ id: webhookOutbox.id }),
      );
      return dropped.length;
    },
  };
}
