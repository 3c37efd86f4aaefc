import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { Capabilities, PoolEvent } from "../pool/api.ts";

/** Devices of the resource pool, their refresh token, and what they offered last. */
export const devices = pgTable(
  "devices",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    peerId: text("peer_id").notNull(),
    deviceId: uuid("device_id").notNull(),
    region: text("region").notNull(),
    platform: text("platform").notNull(),
    capabilities: jsonb("capabilities").$type<Capabilities>().notNull(),
    registeredAtMs: bigint("registered_at_ms", { mode: "number" }).notNull(),
    /** Of all tokens since the registration; null once they are revoked. */
    family: uuid("family"),
    /** SHA-256 of the refresh token, and of the one before it. */
    refreshHash: text("refresh_hash"),
    previousHash: text("previous_hash"),
    rotatedAtMs: bigint("rotated_at_ms", { mode: "number" }),
    refreshExpiresAtMs: bigint("refresh_expires_at_ms", { mode: "number" }),
    online: boolean("online").notNull().default(false),
    /** The backbone process that hears its heartbeats. */
    instance: uuid("instance"),
    lastSeenMs: bigint("last_seen_ms", { mode: "number" }).notNull(),
    offeredCores: doublePrecision("offered_cores").notNull().default(0),
    offeredMemoryBytes: bigint("offered_memory_bytes", { mode: "number" }).notNull().default(0),
    offeredStorageBytes: bigint("offered_storage_bytes", { mode: "number" }).notNull().default(0),
    offeredGpus: integer("offered_gpus").notNull().default(0),
    usedMemoryBytes: bigint("used_memory_bytes", { mode: "number" }).notNull().default(0),
    usedStorageBytes: bigint("used_storage_bytes", { mode: "number" }).notNull().default(0),
    loadPercent: doublePrecision("load_percent").notNull().default(0),
    temperatureC: doublePrecision("temperature_c"),
    uptimeS: doublePrecision("uptime_s").notNull().default(0),
  },
  (table) => [
    uniqueIndex("devices_peer_device").on(table.peerId, table.deviceId),
    uniqueIndex("devices_family").on(table.family),
    // Of what changes with each heartbeat nothing is in an index: PostgreSQL updates such a row in its place.
    index("devices_online").on(table.id).where(sql`online`),
  ],
);

/** Refresh tokens that gave way to another: who shows one again is not alone with it. */
export const usedRefreshTokens = pgTable(
  "used_refresh_tokens",
  {
    family: uuid("family").notNull(),
    /** SHA-256 of the token's secret. */
    hash: text("hash").notNull(),
    usedAtMs: bigint("used_at_ms", { mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.family, table.hash] }), index("used_refresh_tokens_at").on(table.usedAtMs)],
);

/** What happened in the pool, in the order in which all instances tell it. */
export const poolEvents = pgTable(
  "pool_events",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    atMs: bigint("at_ms", { mode: "number" }).notNull(),
    /** Null for what concerns the instances alone: the tokens of this device are no longer what they were. */
    event: jsonb("event").$type<PoolEvent>(),
    device: bigint("device", { mode: "number" }),
  },
  (table) => [index("pool_events_at").on(table.atMs)],
);
