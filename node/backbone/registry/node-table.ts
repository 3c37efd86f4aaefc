import { eq, sql } from "drizzle-orm";
import type { Hex } from "viem";
import type { Registration } from "../../core/schema.ts";
import { type Database, nodes } from "../database/index.ts";

export interface NodeTable {
  get(peerId: Hex): Promise<Registration | null>;
  put(registrations: readonly Registration[]): Promise<void>;
  delete(peerId: Hex): Promise<void>;
  /** The database's clock, as it writes it: the mark that a full read starts at. */
  mark(): Promise<string>;
  /** Peers that nobody has written since the mark. */
  unseenSince(mark: string): Promise<Hex[]>;
  count(): Promise<number>;
  activePeers(): Promise<Hex[]>;
}

/** The registrations in the database. @throws DATABASE_UNAVAILABLE */
export function createNodeTable({ database }: { database: Database }): NodeTable {
  return {
    async get(peerId) {
      const [row] = await database.run((db) => db.select().from(nodes).where(eq(nodes.peerId, peerId)));
      if (row === undefined) return null;
      const { seenAt: _, ...registration } = row;
      return { ...registration, peerId, operator: row.operator as Hex };
    },
    async put(registrations) {
      if (registrations.length === 0) return;
      // Each once, and all instances in one order: otherwise two of them could lock each other out.
      const byPeer = new Map(registrations.map((registration) => [registration.peerId, registration]));
      const rows = [...byPeer.values()]
        .sort((a, b) => (a.peerId < b.peerId ? -1 : 1))
        .map((registration) => ({ ...registration, seenAt: sql`now()` }));
      await database.run((db) =>
        db
          .insert(nodes)
          .values(rows)
          .onConflictDoUpdate({
            target: nodes.peerId,
            set: {
              nodeType: sql`excluded.node_type`,
              region: sql`excluded.region`,
              operator: sql`excluded.operator`,
              bandwidthMbps: sql`excluded.bandwidth_mbps`,
              stakeWei: sql`excluded.stake_wei`,
              lastSeenMs: sql`excluded.last_seen_ms`,
              active: sql`excluded.active`,
              seenAt: sql`excluded.seen_at`,
            },
          }),
      );
    },
    async delete(peerId) {
      await database.run((db) => db.delete(nodes).where(eq(nodes.peerId, peerId)));
    },
    async mark() {
      const rows = await database.run((db) =>
        db.select({ mark: sql<string>`now()::text` }).from(sql`(SELECT 1) AS one`),
      );
      return rows[0]?.mark ?? "-infinity";
    },
    async unseenSince(mark) {
      const rows = await database.run((db) =>
        db.select({ peerId: nodes.peerId }).from(nodes).where(sql`${nodes.seenAt} < ${mark}::timestamptz`),
      );
      return rows.map(({ peerId }) => peerId as Hex);
    },
    async activePeers() {
      const rows = await database.run((db) =>
        db.select({ peerId: nodes.peerId }).from(nodes).where(eq(nodes.active, true)),
      );
      return rows.map(({ peerId }) => peerId as Hex);
    },
    count: () => database.run((db) => db.$count(nodes)),
  };
}
