import { and, eq, inArray, isNull, lt, ne, or, sql } from "drizzle-orm";
import { type Database, type Db, devices } from "../database/index.ts";
import type { Offered, PoolEvent } from "./api.ts";
import { lockPool, toEvent, writeEvents } from "./journal.ts";

/** What is written of a device that is here. */
export interface Reported {
  readonly id: number;
  readonly lastSeenMs: number;
  readonly offered: Offered;
  readonly usedMemoryBytes: number;
  readonly usedStorageBytes: number;
  readonly loadPercent: number;
  readonly temperatureC: number | null;
  readonly uptimeS: number;
}

/** What changed since the last batch; each device stands in one of the first two at the most. */
export interface Batch {
  /** Devices of which this instance heard first, or again. */
  readonly came: readonly Reported[];
  /** Devices that were here before. */
  readonly stayed: readonly Reported[];
  /** Those of the above that offer something else than before. */
  readonly changed: ReadonlySet<number>;
  readonly left: readonly { readonly id: number; readonly lastSeenMs: number }[];
  /** Devices that no instance has written since then have left, whichever heard them last. */
  readonly orphansBeforeMs: number | null;
}

export interface PresenceTable {
  /** Writes a batch with the events that come of it; the devices that another instance hears by now, or that are no more. */
  write(batch: Batch): Promise<number[]>;
}

/** PGlite works on the main thread: a statement of more would hold up whoever waits. */
const chunkRows = 1_000;

/** Who is online, at which instance, in the table that all share. @throws DATABASE_UNAVAILABLE, DISK_FULL */
export function createPresenceTable(
  { instance }: { instance: string },
  { database, now }: { database: Database; now: () => number },
): PresenceTable {
  const mine = eq(devices.instance, instance);
  const place = { id: devices.id, region: devices.region };

  async function writeReports(tx: Db, batch: Batch): Promise<{ events: PoolEvent[]; lost: number[] }> {
    const events: PoolEvent[] = [];
    const lost: number[] = [];
    for (const [reports, isNew] of [
      [batch.came, true],
      [batch.stayed, false],
    ] as const) {
      for (let from = 0; from < reports.length; from += chunkRows) {
        const chunk = reports.slice(from, from + chunkRows);
        const ids = chunk.map(({ id }) => id);
        const rows = isNew
          ? await tx
              .select({ id: devices.id })
              .from(devices)
              .where(and(inArray(devices.id, ids), eq(devices.online, true)))
          : [];
        const wereOnline = new Set(rows.map(({ id }) => id));
        const written = await writeChunk(tx, chunk, isNew);
        for (const report of chunk) {
          const region = written.get(report.id);
          if (region === undefined) {
            lost.push(report.id);
            continue;
          }
          const joined = isNew && !wereOnline.has(report.id);
          if (!joined && !batch.changed.has(report.id)) continue;
          const type = joined ? "joined" : "changed";
          events.push(toEvent(type, { id: report.id, region, offered: report.offered }, now()));
        }
      }
    }
    return { events, lost };
  }

  async function writeChunk(tx: Db, chunk: readonly Reported[], isNew: boolean): Promise<Map<number, string>> {
    const rows = chunk.map(({ id, offered, ...report }) => ({ id, ...offered, ...report }));
    const source = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS report(
      id bigint, "lastSeenMs" bigint, cores float8, "memoryBytes" bigint, "storageBytes" bigint, gpus int,
      "usedMemoryBytes" bigint, "usedStorageBytes" bigint, "loadPercent" float8, "temperatureC" float8, "uptimeS" float8
    )`;
    const written = await tx
      .update(devices)
      .set({
        online: true,
        instance,
        lastSeenMs: sql`report."lastSeenMs"`,
        offeredCores: sql`report.cores`,
        offeredMemoryBytes: sql`report."memoryBytes"`,
        offeredStorageBytes: sql`report."storageBytes"`,
        offeredGpus: sql`report.gpus`,
        usedMemoryBytes: sql`report."usedMemoryBytes"`,
        usedStorageBytes: sql`report."usedStorageBytes"`,
        loadPercent: sql`report."loadPercent"`,
        temperatureC: sql`report."temperatureC"`,
        uptimeS: sql`report."uptimeS"`,
      })
      .from(source)
      .where(and(sql`${devices.id} = report.id`, isNew ? undefined : mine))
      .returning(place);
    return new Map(written.map(({ id, region }) => [id, region]));
  }

  async function writeLeft(tx: Db, batch: Batch): Promise<PoolEvent[]> {
    const gone = { online: false, instance: null };
    const rows: { id: number; region: string }[] = [];
    for (let from = 0; from < batch.left.length; from += chunkRows) {
      const chunk = batch.left.slice(from, from + chunkRows);
      const source = sql`jsonb_to_recordset(${JSON.stringify(chunk)}::jsonb) AS gone(id bigint, "lastSeenMs" bigint)`;
      const written = await tx
        .update(devices)
        .set({ ...gone, lastSeenMs: sql`gone."lastSeenMs"` })
        .from(source)
        .where(and(sql`${devices.id} = gone.id`, mine, eq(devices.online, true)))
        .returning(place);
      rows.push(...written);
    }
    if (batch.orphansBeforeMs !== null) {
      const unheard = and(eq(devices.online, true), lt(devices.lastSeenMs, batch.orphansBeforeMs));
      const notMine = or(isNull(devices.instance), ne(devices.instance, instance));
      rows.push(...(await tx.update(devices).set(gone).where(and(unheard, notMine)).returning(place)));
    }
    return rows.map((row) => toEvent("left", row, now()));
  }

  return {
    write: (batch) =>
      database.run((db) =>
        db.transaction(async (tx) => {
          await lockPool(tx);
          // Who left comes first: a device that is back already has left before it came.
          const left = await writeLeft(tx, batch);
          const { events, lost } = await writeReports(tx, batch);
          await writeEvents(tx, [...left, ...events], now());
          return lost;
        }),
      ),
  };
}
