import { bigint, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";

/** Security-relevant events, numbered from 0 without gaps: each is a leaf of the Merkle tree. Rows are never changed. */
export const auditEvents = pgTable(
  "audit_events",
  {
    sequence: bigint("sequence", { mode: "number" }).primaryKey(),
    atMs: bigint("at_ms", { mode: "number" }).notNull(),
    type: text("type").notNull(),
    actor: text("actor"),
    subject: text("subject"),
    /** JSON as text: jsonb takes no NUL, and a stranger's name in it must not keep an event out. */
    details: text("details").notNull(),
  },
  (table) => [index("audit_events_type").on(table.type, table.sequence)],
);

/** The hash of every complete subtree: at level l, position p those of the events from p·2^l to (p+1)·2^l - 1. */
export const auditSubtrees = pgTable(
  "audit_subtrees",
  {
    level: integer("level").notNull(),
    position: bigint("position", { mode: "number" }).notNull(),
    /** SHA-256 in hex. */
    hash: text("hash").notNull(),
  },
  (table) => [primaryKey({ columns: [table.level, table.position] })],
);

/** Signed tree heads: what a backbone has said of the log. */
export const auditHeads = pgTable(
  "audit_heads",
  {
    size: bigint("size", { mode: "number" }).notNull(),
    peerId: text("peer_id").notNull(),
    root: text("root").notNull(),
    atMs: bigint("at_ms", { mode: "number" }).notNull(),
    mlDsaKeyHash: text("ml_dsa_key_hash").notNull(),
    signature: text("signature").notNull(),
  },
  (table) => [primaryKey({ columns: [table.peerId, table.size] })],
);
