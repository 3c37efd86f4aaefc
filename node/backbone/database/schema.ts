import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
import type { JWK } from "jose";
import type { SignedRecord } from "../../core/records/index.ts";
import type { NodeType } from "../../core/schema.ts";

export * from "./admin-tables.ts";
export * from "./alert-tables.ts";
export * from "./audit-tables.ts";
export * from "./pool-tables.ts";

/** The registry of NodeNexus, as followed from the chain. Peer IDs are 0x and 40 lower-case hex digits. */
export const nodes = pgTable(
  "nodes",
  {
    peerId: text("peer_id").primaryKey(),
    nodeType: text("node_type").$type<NodeType>().notNull(),
    region: text("region").notNull(),
    operator: text("operator").notNull(),
    bandwidthMbps: bigint("bandwidth_mbps", { mode: "number" }).notNull(),
    stakeWei: text("stake_wei").notNull(),
    lastSeenMs: bigint("last_seen_ms", { mode: "number" }).notNull(),
    active: boolean("active").notNull(),
    /** By the database's clock, which all instances share: what a full read did not touch is asked for again. */
    seenAt: timestamp("seen_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index("nodes_seen_at").on(table.seenAt), index("nodes_region_type").on(table.region, table.nodeType)],
);

/** The newest signed record of each node. */
export const records = pgTable(
  "records",
  {
    peerId: text("peer_id").primaryKey(),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    expiresAtMs: bigint("expires_at_ms", { mode: "number" }).notNull(),
    signed: jsonb("signed").$type<SignedRecord>().notNull(),
  },
  (table) => [index("records_expires_at").on(table.expiresAtMs)],
);

/** Challenges that wait for their answer; unlogged, since a crash may forget them. */
export const challenges = pgTable(
  "challenges",
  {
    challenge: text("challenge").primaryKey(),
    peerId: text("peer_id").notNull(),
    expiresAtMs: bigint("expires_at_ms", { mode: "number" }).notNull(),
  },
  (table) => [
    index("challenges_peer").on(table.peerId, table.expiresAtMs),
    index("challenges_expires_at").on(table.expiresAtMs),
  ],
);

/** RSA keys of session tokens, shared by all instances. */
export const signingKeys = pgTable("signing_keys", {
  kid: text("kid").primaryKey(),
  privateJwk: jsonb("private_jwk").$type<JWK>().notNull(),
  publicJwk: jsonb("public_jwk").$type<JWK>().notNull(),
  /** 32 bytes, hex. A set that is older than this column gets them from the database: two random UUIDs have 244 random bits. */
  sessionSecret: text("session_secret")
    .notNull()
    .default(sql`replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')`),
  createdAtMs: bigint("created_at_ms", { mode: "number" }).notNull(),
});

/** What a backbone asked nodes for their scores, and what they answered. */
export const probes = pgTable(
  "probes",
  {
    nonce: text("nonce").primaryKey(),
    prober: text("prober").notNull(),
    node: text("node").notNull(),
    epoch: bigint("epoch", { mode: "number" }).notNull(),
    /** All three null where no valid answer came. */
    latencyMs: integer("latency_ms"),
    mlDsaKeyHash: text("ml_dsa_key_hash"),
    signature: text("signature"),
  },
  (table) => [index("probes_epoch").on(table.epoch, table.prober)],
);

/** Evidence files: the proposed ones of an epoch, and of these the one whose root the chain has. */
export const evidence = pgTable(
  "evidence",
  {
    epoch: bigint("epoch", { mode: "number" }).notNull(),
    root: text("root").notNull(),
    /** A JSON object a line; the lines are the leaves of the Merkle tree. */
    content: text("content").notNull(),
    published: boolean("published").notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.epoch, table.root] })],
);
