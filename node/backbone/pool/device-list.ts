import { and, asc, desc, eq, or, type SQL, sql } from "drizzle-orm";
import type { Hex } from "viem";
import { type Database, devices } from "../database/index.ts";
import { type DeviceQuery, deviceCursors, type ListedDevice } from "./api.ts";

const columns = {
  node: devices.id,
  lastSeenMs: devices.lastSeenMs,
  cores: devices.offeredCores,
  memoryBytes: devices.offeredMemoryBytes,
  loadPercent: devices.loadPercent,
} as const;

/** A page of the devices in the database: as dear for the last page as for the first. @throws DATABASE_UNAVAILABLE */
export async function listDevices(
  database: Database,
  { sort, order, region, online, search, cursor, limit }: DeviceQuery,
): Promise<{ nodes: ListedDevice[]; matching: number; next: string | null }> {
  const column = columns[sort];
  const direction = order === "asc" ? asc : desc;
  const beyond = order === "asc" ? sql`>` : sql`<`;
  const wanted = and(
    region === undefined ? undefined : eq(devices.region, region),
    online === undefined ? undefined : eq(devices.online, online === "true"),
    search === undefined ? undefined : isLike(search.trim().toLowerCase()),
  );
  const [value, id] = cursor === undefined ? [] : deviceCursors[sort].parse(cursor);
  const after = value === undefined ? undefined : sql`(${column}, ${devices.id}) ${beyond} (${value}, ${id})`;
  const { rows, matching } = await database.run(async (db) => ({
    rows: await db
      .select()
      .from(devices)
      .where(and(wanted, after))
      .orderBy(direction(column), direction(devices.id))
      .limit(limit + 1),
    matching: await db.$count(devices, wanted),
  }));
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
  if (rows.length <= limit || last === undefined) return { nodes, matching, next: null };
  const lastValue = { ...last, ...last.offered }[sort];
  return { nodes, matching, next: `${lastValue}_${last.node}` };
}

/** By functions rather than LIKE: what people type holds no patterns. */
function isLike(text: string): SQL | undefined {
  return or(
    sql`${devices.id}::text = ${text}`,
    sql`starts_with(${devices.peerId}, ${text})`,
    sql`strpos(lower(${devices.platform}), ${text}) > 0`,
    sql`strpos(lower(${devices.capabilities} #>> '{cpu,model}'), ${text}) > 0`,
  );
}
