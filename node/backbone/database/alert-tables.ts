import { bigint, index, integer, pgTable, text } from "drizzle-orm/pg-core";

/** Alerts on their way to webhooks. */
export const webhookOutbox = pgTable(
  "webhook_outbox",
  {
    id: text("id").primaryKey(),
    url: text("url").notNull(),
    body: text("body").notNull(),
    attempts: integer("attempts").notNull(),
    createdAtMs: bigint("created_at_ms", { mode: "number" }).notNull(),
    dueAtMs: bigint("due_at_ms", { mode: "number" }).notNull(),
  },
  (table) => [index("webhook_outbox_due").on(table.dueAtMs)],
);

/** Addresses that walked into a honeypot: the only place where they are, and for a limited time. */
export const honeypotHits = pgTable(
  "honeypot_hits",
  {
    /** Of IPv6 the /64. */
    address: text("address").primaryKey(),
    hits: bigint("hits", { mode: "number" }).notNull(),
    lastAtMs: bigint("last_at_ms", { mode: "number" }).notNull(),
  },
  (table) => [index("honeypot_hits_last").on(table.lastAtMs)],
);
