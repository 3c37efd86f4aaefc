import { and, desc, eq, lt, or } from "drizzle-orm";
import type { Hex } from "viem";
import type { EpochRoot } from "../../core/chain/index.ts";
import { type Database, evidence } from "../database/index.ts";

export interface StoredEvidence extends EpochRoot {
  readonly lines: readonly string[];
  /** Whether the chain has its root. */
  readonly published: boolean;
}

export interface EvidenceTable {
  put(stored: StoredEvidence): Promise<void>;
  get(of: EpochRoot): Promise<StoredEvidence | null>;
  /** The published one of an epoch, or the newest. */
  published(epoch?: number): Promise<StoredEvidence | null>;
  /** Deletes what was published before `publishedBefore`, and what was only proposed before `proposedBefore`. */
  purge(before: { publishedBefore: number; proposedBefore: number }): Promise<void>;
}

/** The evidence files in the database. @throws DATABASE_UNAVAILABLE */
export function createEvidenceTable({ database }: { database: Database }): EvidenceTable {
  return {
    async put({ epoch, root, lines, published }) {
      const row = { epoch, root, content: lines.join("\n"), published };
      await database.run((db) => {
        const insert = db.insert(evidence).values(row);
        const target = [evidence.epoch, evidence.root];
        return published
          ? insert.onConflictDoUpdate({ target, set: { published } })
          : insert.onConflictDoNothing({ target });
      });
    },
    async get({ epoch, root }) {
      const wanted = and(eq(evidence.epoch, epoch), eq(evidence.root, root));
      const [row] = await database.run((db) => db.select().from(evidence).where(wanted));
      return row === undefined ? null : toStored(row);
    },
    async published(epoch) {
      const one = epoch === undefined ? undefined : eq(evidence.epoch, epoch);
      const wanted = and(eq(evidence.published, true), one);
      const [row] = await database.run((db) =>
        db.select().from(evidence).where(wanted).orderBy(desc(evidence.epoch)).limit(1),
      );
      return row === undefined ? null : toStored(row);
    },
    async purge({ publishedBefore, proposedBefore }) {
      const proposed = and(eq(evidence.published, false), lt(evidence.epoch, proposedBefore));
      await database.run((db) => db.delete(evidence).where(or(lt(evidence.epoch, publishedBefore), proposed)));
    },
  };
}

function toStored({ content, root, ...rest }: typeof evidence.$inferSelect): StoredEvidence {
  return { ...rest, root: root as Hex, lines: content.split("\n") };
}
