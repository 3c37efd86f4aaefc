import { and, desc, eq, gt, inArray, isNull, lt, notInArray, or, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Hex } from "viem";
import type { Audit } from "../audit/index.ts";
import { type Database, type Db, devices, nodes, usedRefreshTokens } from "../database/index.ts";
import type { Aggregate, Capabilities } from "./api.ts";
import { poolErrors } from "./errors.ts";
import { lockPool, tellInstances, toEvent, writeEvents } from "./journal.ts";
import type { RefreshToken } from "./refresh-token.ts";

/** How long a refresh token is good; each use gives a new one. */
export const refreshLifetimeMs = 30 * 24 * 3_600_000;
/**
 * How long an agent that never got its answer may ask again with the token that it had: it waits half a minute between two
 * attempts at the most. If a thief is among those who ask, one of them is left with a token that has given way.
 */
export const retryMs = 60_000;
/** Tokens of a family that are known to have given way: some hours' worth. Older ones are refused as unknown. */
const keptUsed = 32;
/** Devices that leave the pool in one transaction because their node left the registry. */
const maxDropped = 500;

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
  | { readonly outcome: "reused"; readonly device: number }
  | { readonly outcome: "unknown" };

export interface DeviceTable {
  /** Writes a registration and its event; its number, or null where the peer has as many devices as it may have. */
  register(device: NewDevice, token: RefreshToken, maxOfPeer: number): Promise<number | null>;
  /** Whose device it is that this refresh token may be traded for; null where there is none. */
  ownerOf(shown: RefreshToken): Promise<Hex | null>;
  /**
   * Puts the next refresh token into the place of one that was shown. One that is known to have given way ends its family.
   * What never was a token of it changes nothing: each agent token tells the family's name.
   */
  rotate(shown: RefreshToken, next: RefreshToken): Promise<Rotation>;
  find(ids: readonly number[]): Promise<KnownDevice[]>;
  aggregate(): Promise<Aggregate>;
  /** Deletes devices whose tokens ran out, and which nobody has seen since. */
  purge(): Promise<void>;
  /** Deletes devices whose node is no active one of the registry any more; their numbers. */
  dropUnregistered(): Promise<number[]>;
}

/** Devices of the pool in the database. @throws DATABASE_UNAVAILABLE, DISK_FULL */
export function createDeviceTable(deps: { database: Database; audit: Audit; now: () => number }): DeviceTable {
  const { database, audit, now } = deps;

  /** A family whose tokens have not run out. */
  const ofFamily = ({ family }: RefreshToken) => and(eq(devices.family, family), gt(devices.refreshExpiresAtMs, now()));

  type TokenState = Pick<typeof devices.$inferSelect, "refreshHash" | "previousHash" | "rotatedAtMs">;
  const isCurrent = ({ refreshHash }: TokenState, shown: RefreshToken) => refreshHash === shown.hash;
  const isRetried = ({ previousHash, rotatedAtMs }: TokenState, shown: RefreshToken) =>
    previousHash === shown.hash && (rotatedAtMs ?? 0) > now() - retryMs;

  /** Keeps a token that has given way, and of its family the newest alone. */
  async function keepUsed(tx: Db, family: string, hash: string): Promise<void> {
    const { hash: hashes, usedAtMs } = usedRefreshTokens;
    const same = eq(usedRefreshTokens.family, family);
    await tx.insert(usedRefreshTokens).values({ family, hash, usedAtMs: now() }).onConflictDoNothing();
    const newest = tx
      .select({ hash: hashes })
      .from(usedRefreshTokens)
      .where(same)
      .orderBy(desc(usedAtMs))
      .limit(keptUsed);
    await tx.delete(usedRefreshTokens).where(and(same, notInArray(hashes, newest)));
  }

  async function isUsed(tx: Db, { family, hash }: RefreshToken): Promise<boolean> {
    const same = and(eq(usedRefreshTokens.family, family), eq(usedRefreshTokens.hash, hash));
    return (await tx.$count(usedRefreshTokens, same)) > 0;
  }

  /** Ends a family, of which a token was used twice, and tells everybody. */
  function revoke(shown: RefreshToken): Promise<Rotation> {
    return database.run((db) =>
      db.transaction(async (tx): Promise<Rotation> => {
        await lockPool(tx);
        const [revoked] = await tx
          .update(devices)
          .set({ family: null, refreshHash: null, previousHash: null })
          .where(ofFamily(shown))
          .returning({ id: devices.id, region: devices.region });
        if (revoked === undefined) return { outcome: "unknown" };
        const { code } = poolErrors.REFRESH_TOKEN_REUSED;
        await tellInstances(tx, [revoked.id], now());
        await writeEvents(tx, [toEvent("alert", { ...revoked, code }, now())], now());
        await audit.recordWithin(tx, [{ type: "agent.token_reused", actor: null, subject: String(revoked.id) }]);
        return { outcome: "reused", device: revoked.id };
      }),
    );
  }

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
          } else await tellInstances(tx, [before.id], now());
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
          if (row === undefined) throw new Error("a device was neither added nor changed");
          const { peerId: actor, platform } = device;
          await audit.recordWithin(tx, [
            { type: "agent.registered", actor, subject: String(row.id), details: { platform } },
          ]);
          return row.id;
        }),
      ),
    async ownerOf(shown) {
      const [row] = await database.run((db) => db.select().from(devices).where(ofFamily(shown)));
      return row !== undefined && (isCurrent(row, shown) || isRetried(row, shown)) ? (row.peerId as Hex) : null;
    },
    async rotate(shown, next) {
      const rotation = await database.run((db) =>
        db.transaction(async (tx): Promise<"unknown" | "reused" | number> => {
          const [row] = await tx.select().from(devices).where(ofFamily(shown)).for("update");
          if (row === undefined) return "unknown";
          const current = isCurrent(row, shown);
          if (!current && !isRetried(row, shown)) return (await isUsed(tx, shown)) ? "reused" : "unknown";
          // At a retry this is the token of an answer that got lost: whoever shows it did get that answer.
          if (row.refreshHash !== null) await keepUsed(tx, shown.family, row.refreshHash);
          await tx
            .update(devices)
            .set({
              refreshHash: next.hash,
              previousHash: shown.hash,
              // A retry gets no more time than the first attempt had.
              rotatedAtMs: current ? now() : row.rotatedAtMs,
              refreshExpiresAtMs: now() + refreshLifetimeMs,
            })
            .where(eq(devices.id, row.id));
          return row.id;
        }),
      );
      if (typeof rotation === "number") return { outcome: "rotated", device: rotation };
      return rotation === "reused" ? revoke(shown) : { outcome: "unknown" };
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
      // The newest token of their family has run out by then, too.
      const old = lt(usedRefreshTokens.usedAtMs, now() - refreshLifetimeMs);
      await database.run((db) => db.delete(usedRefreshTokens).where(old));
    },
    async dropUnregistered() {
      const active = sql`SELECT 1 FROM ${nodes} WHERE ${nodes.peerId} = ${devices.peerId} AND ${nodes.active}`;
      const isLeftOver = sql`NOT EXISTS (${active})`;
      const found = await database.run((db) =>
        db.select({ id: devices.id }).from(devices).where(isLeftOver).limit(maxDropped),
      );
      if (found.length === 0) return [];
      return database.run((db) =>
        db.transaction(async (tx) => {
          await lockPool(tx);
          const ids = found.map(({ id }) => id);
          const dropped = await tx
            .delete(devices)
            .where(and(inArray(devices.id, ids), isLeftOver))
            .returning({ id: devices.id, peerId: devices.peerId, region: devices.region, online: devices.online });
          if (dropped.length === 0) return [];
          const gone = dropped.map(({ id }) => id);
          await tellInstances(tx, gone, now());
          const left = dropped.filter(({ online }) => online).map((device) => toEvent("left", device, now()));
          await writeEvents(tx, left, now());
          await audit.recordWithin(
            tx,
            dropped.map(({ id, peerId }) => ({
              type: "agent.dropped",
              actor: null,
              subject: String(id),
              details: { peerId },
            })),
          );
          return gone;
        }),
      );
    },
  };
}
