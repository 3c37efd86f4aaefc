import { and, eq, gt, inArray, isNull, lt, or, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Hex } from "viem";
import { type Database, devices } from "../database/index.ts";
import type { Aggregate, Capabilities } from "./api.ts";
import { lockPool, tellInstances } from "./journal.ts";
import type { RefreshToken } from "./refresh-token.ts";

/** How long a refresh token is good; each use gives a new one. */
export const refreshLifetimeMs = 30 * 24 * 3_600_000;
/** How long an agent that never got its answer may ask again with the token that it had. */
export const retryMs = 10_000;

export interface NewDevice {
  peerId: Hex;
  deviceId: string;
  region: string;
  platform: string;
  capabilities: Capabilities;
}

/** What heartbeats are checked by. */
export interface KnownDevice {
  readonly id: number;
  readonly region: string;
  /** Null where its tokens were revoked. */
  readonly family: string | null;
  readonly capabilities: Capabilities;
}

/** What came of a refresh token. */
export type Rotation =
  | { readonly outcome: "rotated"; readonly device: number }
  | { readonly outcome: "reused"; readonly device: number; readonly peerId: Hex; readonly region: string }
  | { readonly outcome: "unknown" };

export interface DeviceTable {
  /** Writes a registration; its number, or null where the peer has as many devices as it may have. */
  register(device: NewDevice, token: RefreshToken, maxOfPeer: number): Promise<number | null>;
  /** Puts the next refresh token into the place of one that was shown; one that was used before ends its family. */
  rotate(shown: RefreshToken, next: RefreshToken): Promise<Rotation>;
  find(ids: readonly number[]): Promise<KnownDevice[]>;
  aggregate(): Promise<Aggregate>;
  /** Deletes devices whose tokens ran out, and which nobody has seen since. */
  purge(): Promise<void>;
}

/** Devices of the pool in the database. @throws DATABASE_UNAVAILABLE, DISK_FULL */
export function createDeviceTable({ database, now }: { database: Database; now: () => number }): DeviceTable {
  return {
    register: (device, token, maxOfPeer) =>
      database.run((db) =>
        db.transaction(async (tx) => {
          await lockPool(tx);
          const same = and(eq(devices.peerId, device.peerId), eq(devices.deviceId, device.deviceId));
          const [before] = await tx.select({ id: devices.id }).from(devices).where(same);
          if (before === undefined) {
            const count = await tx.$count(devices, eq(devices.peerId, device.peerId));
            if (count >= maxOfPeer) return null;
          } else await tellInstances(tx, before.id, now());
          const fields = {
            ...device,
            family: token.family,
            refreshHash: token.hash,
            previousHash: null,
            rotatedAtMs: null,
            refreshExpiresAtMs: now() + refreshLifetimeMs,
          };
          const [row] = await tx
            .insert(devices)
            .values({ ...fields, registeredAtMs: now(), lastSeenMs: now() })
            .onConflictDoUpdate({ target: [devices.peerId, devices.deviceId], set: fields })
            .returning({ id: devices.id });
          return row?.id ?? null;
        }),
      ),
    async rotate(shown, next) {
      const isCurrent = sql`${devices.refreshHash} = ${shown.hash}`;
      const isRetried = sql`${devices.previousHash} = ${shown.hash} AND ${devices.rotatedAtMs} > ${now() - retryMs}`;
      const ofFamily = and(eq(devices.family, shown.family), gt(devices.refreshExpiresAtMs, now()));
      const [rotated] = await database.run((db) =>
        db
          .update(devices)
          .set({
            refreshHash: next.hash,
            previousHash: shown.hash,
            // A retry gets no more time than the first attempt had.
            rotatedAtMs: sql`CASE WHEN ${isCurrent} THEN ${now()} ELSE ${devices.rotatedAtMs} END`,
            refreshExpiresAtMs: now() + refreshLifetimeMs,
          })
          .where(and(ofFamily, or(isCurrent, isRetried)))
          .returning({ device: devices.id }),
      );
      if (rotated !== undefined) return { outcome: "rotated", ...rotated };
      return database.run((db) =>
        db.transaction(async (tx): Promise<Rotation> => {
          await lockPool(tx);
          const [revoked] = await tx
            .update(devices)
            .set({ family: null, refreshHash: null, previousHash: null })
            .where(ofFamily)
            .returning({ device: devices.id, peerId: devices.peerId, region: devices.region });
          if (revoked === undefined) return { outcome: "unknown" };
          await tellInstances(tx, revoked.device, now());
          return { outcome: "reused", ...revoked, peerId: revoked.peerId as Hex };
        }),
      );
    },
    async find(ids) {
      const { id, region, family, capabilities } = devices;
      return database.run((db) =>
        db
          .select({ id, region, family, capabilities })
          .from(devices)
          .where(inArray(id, [...ids])),
      );
    },
    async aggregate() {
      const sum = (column: AnyPgColumn) => sql<number>`sum(${column})`.mapWith(Number);
      const [registered, rows] = await database.run(async (db) => [
        await db.$count(devices),
        await db
          .select({
            region: devices.region,
            online: sql<number>`count(*)`.mapWith(Number),
            cores: sum(devices.offeredCores),
            memoryBytes: sum(devices.offeredMemoryBytes),
            storageBytes: sum(devices.offeredStorageBytes),
            gpus: sum(devices.offeredGpus),
            load: sum(devices.loadPercent),
          })
          .from(devices)
          .where(eq(devices.online, true))
          .groupBy(devices.region)
          .orderBy(devices.region),
      ]);
      const total = (of: Exclude<keyof (typeof rows)[number], "region">) => rows.reduce((all, row) => all + row[of], 0);
      const online = total("online");
      return {
        at: new Date(now()).toISOString(),
        registered,
        totals: {
          online,
          cores: total("cores"),
          memoryBytes: total("memoryBytes"),
          storageBytes: total("storageBytes"),
          gpus: total("gpus"),
          loadPercent: online === 0 ? null : total("load") / online,
        },
        regions: rows.map(({ load: _, ...row }) => row),
      };
    },
    async purge() {
      const over = or(isNull(devices.family), lt(devices.refreshExpiresAtMs, now()));
      const unseen = lt(devices.lastSeenMs, now() - refreshLifetimeMs);
      await database.run((db) => db.delete(devices).where(and(eq(devices.online, false), over, unseen)));
    },
  };
}
