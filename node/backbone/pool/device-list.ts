import { and, asc, desc, eq, type SQL, sql } from "drizzle-orm";
import type { Hex } from "viem";
import { type Database, devices } from "../database/index.ts";
import type { DeviceQuery, ListedDevice } from "./api.ts";

const columns = {
  node: devices.id,
  lastSeenMs: devices.lastSeenMs,
  cores: devices.offeredCores,
  memoryBytes: devices.offeredMemoryBytes,
  loadPercent: devices.loadPercent,
} as const;

/** Where the next page starts: after the device of this value and number, in the order that was asked for. */
const cursorFormat = /^(-?[\d.e+]{1,32})_(\d{1,16})$/;

/** A page of the devices in the database: as dear for the last page as for the first. @throws DATABASE_UNAVAILABLE */
export async function listDevices(
  database: Database,
  { sort, order, region, online, cursor, limit }: DeviceQuery,
): Promise<{ nodes: ListedDevice[]; next: string | null }> {
  const column = columns[sort];
  const direction = order === "asc" ? asc : desc;
  const [, value, id] = cursorFormat.exec(cursor ?? "") ?? [];
  const beyond = order === "asc" ? sql`>` : sql`<`;
  const wanted: (SQL | undefined)[] = [
    region === undefined ? undefined : eq(devices.region, region),
    online === undefined ? undefined : eq(devices.online, online === "true"),
    value === undefined ? undefined : sql`(${column}, ${devices.id}) ${beyond} (${Number(value)}, ${Number(id)})`,
  ];
  const rows = await database.run((db) =>
    db
      .select()
      .from(devices)
      .where(and(...wanted))
      .orderBy(direction(column), direction(devices.id))
      .limit(limit + 1),
  );
  const nodes = rows.slice(0, limit).map(
    (row): ListedDevice => ({
      node: row.id,
      peerId: row.peerId as Hex,
      region: row.region,
      platform: row.platform,
      online: row.online,
      lastSeenMs: row.lastSeenMs,
      registeredAtMs: row.registeredAtMs,
      capabilities: row.capabilities,
      offered: {
        cores: row.offeredCores,
        memoryBytes: row.offeredMemoryBytes,
        storageBytes: row.offeredStorageBytes,
        gpus: row.offeredGpus,
      },
      loadPercent: row.loadPercent,
      temperatureC: row.temperatureC,
      uptimeS: row.uptimeS,
    }),
  );
  const last = nodes.at(-1);
  if (rows.length <= limit || last === undefined) return { nodes, next: null };
  const lastValue = { ...last, ...last.offered }[sort];
  return { nodes, next: `${lastValue}_${last.node}` };
}
