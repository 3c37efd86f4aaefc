import { asc, desc, gt, lt, sql } from "drizzle-orm";
import type { Logger } from "pino";
import type { Service } from "../../core/service.ts";
import { type Database, type Db, locks, poolEvents } from "../database/index.ts";
import type { Offered, PoolEvent } from "./api.ts";

/** An event with its number, by which a client goes on where it was. */
export interface NumberedEvent {
  readonly id: number;
  readonly event: PoolEvent;
}

export interface JournalDeps {
  database: Database;
  /** Hears first which number comes before all that it will hear. */
  onBegin(lastId: number): void;
  /** Hears every event once, in the order of their numbers. */
  onEvents(events: readonly NumberedEvent[]): void;
  /** Hears which devices' tokens are no longer what they were. */
  onRevoked(devices: readonly number[]): void;
  now: () => number;
  log: Logger;
}

export interface Journal extends Service {
  /** Deletes what nobody asks for any more. */
  purge(): Promise<void>;
}

const channel = "shadowmesh_pool";
/** Safety net under the notifications. */
const lookMs = 5_000;
/** Read at once; and rows of one statement. */
const pageRows = 1_000;
/** As long as a client that lost its connection may want to go on. */
const retentionMs = 3_600_000;

/** Follows what all instances write down of the pool. */
export function createJournal({ database, onBegin, onEvents, onRevoked, now, log }: JournalDeps): Journal {
  let lastId = 0;
  let stopped = true;
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> | undefined;
  let again = false;

  async function readNews(): Promise<void> {
    for (;;) {
      again = false;
      const rows = await database.run((db) =>
        db.select().from(poolEvents).where(gt(poolEvents.id, lastId)).orderBy(asc(poolEvents.id)).limit(pageRows),
      );
      lastId = rows.at(-1)?.id ?? lastId;
      const events = rows.flatMap(({ id, event }) => (event === null ? [] : [{ id, event }]));
      const revoked = rows.flatMap(({ event, device }) => (event === null && device !== null ? [device] : []));
      if (revoked.length > 0) onRevoked(revoked);
      if (events.length > 0) onEvents(events);
      if (rows.length < pageRows && !again) return;
    }
  }

  /** One reading after the other; what is told while one goes on is read at its end. */
  function look(): void {
    again = true;
    if (stopped || reading !== undefined) return;
    reading = readNews()
      .catch((error: unknown) => log.debug({ err: error }, "events of the pool are read later"))
      .finally(() => {
        reading = undefined;
      });
  }

  database.onNotify(channel, look);
  return {
    async start(signal) {
      signal.throwIfAborted();
      // What was told last, so that clients can go on there through a restart.
      const recent = await database.run((db) =>
        db.select({ id: poolEvents.id }).from(poolEvents).orderBy(desc(poolEvents.id)).limit(pageRows),
      );
      lastId = (recent.at(-1)?.id ?? 1) - 1;
      onBegin(lastId);
      await readNews();
      stopped = false;
      timer = setInterval(look, lookMs);
      timer.unref();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await reading;
    },
    async purge() {
      await database.run((db) => db.delete(poolEvents).where(lt(poolEvents.atMs, now() - retentionMs)));
    },
  };
}

/** What is told of a device. */
export function toEvent(
  type: PoolEvent["type"],
  { id, region, offered, code }: { id: number; region: string; offered?: Offered; code?: string },
  nowMs: number,
): PoolEvent {
  const at = new Date(nowMs).toISOString();
  return { type, at, node: id, region, offered: offered ?? null, code: code ?? null };
}

/** Writes events in the order of their numbers, and tells the instances; within a transaction that holds the pool's lock. */
export async function writeEvents(tx: Db, events: readonly PoolEvent[], nowMs: number): Promise<void> {
  for (let from = 0; from < events.length; from += pageRows) {
    const rows = events.slice(from, from + pageRows).map((event) => ({ atMs: nowMs, event, device: event.node }));
    await tx.insert(poolEvents).values(rows);
  }
  if (events.length > 0) await notify(tx);
}

/** The tokens of devices are no longer what they were: every instance forgets what it knew of them. */
export async function tellInstances(tx: Db, ids: readonly number[], nowMs: number): Promise<void> {
  await tx.insert(poolEvents).values(ids.map((device) => ({ atMs: nowMs, event: null, device })));
  await notify(tx);
}

/**
 * One instance after the other writes: else an event with a smaller number could appear after a greater one was read. It
 * is the first lock of each transaction that takes it, before any row's: otherwise two could wait for each other.
 */
export async function lockPool(tx: Db): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(${locks.pool})`);
}

async function notify(tx: Db): Promise<void> {
  await tx.execute(sql`SELECT pg_notify(${channel}, '')`);
}
