import { and, desc, eq, or, sql } from "drizzle-orm";
import { ShadowMeshError } from "../../core/errors.ts";
import { auditEvents, auditSubtrees, type Db } from "../database/index.ts";
import { auditErrors } from "./errors.ts";
import type { HashAt, Subtree } from "./merkle.ts";

/** How many events the tree has. */
export async function readSize(db: Db): Promise<number> {
  const { level, position } = auditSubtrees;
  const [last] = await db.select({ position }).from(auditSubtrees).where(eq(level, 0)).orderBy(desc(position)).limit(1);
  return last === undefined ? 0 : last.position + 1;
}

/** What the log ends with, in one query. */
export interface Edge {
  /** How many events the tree has. */
  readonly size: number;
  /** The highest number among the rows of events; null where there are none. */
  readonly lastEvent: number | null;
  /** Of the tree's largest complete subtrees, `cover(0, size)`; throws AUDIT_BROKEN for one that is not there. */
  readonly hashAt: HashAt;
}

/** Reads the log's end: a subtree of 2^l leaves is in it where bit l of the size is set. */
export async function readEdge(db: Db): Promise<Edge> {
  const { level, position, hash } = auditSubtrees;
  const rows = await db
    .select({
      size: sql<string>`tree.size`,
      lastEvent: sql<string | null>`tree.last_event`,
      level: sql<number>`bit`,
      hash,
    })
    .from(
      sql`(SELECT
        (SELECT coalesce(max(${position}) + 1, 0) FROM ${auditSubtrees} WHERE ${level} = 0) AS size,
        (SELECT max(${auditEvents.sequence}) FROM ${auditEvents}) AS last_event
      ) AS tree CROSS JOIN generate_series(0, 52) AS bit`,
    )
    .leftJoin(auditSubtrees, sql`${level} = bit AND ${position} = (tree.size >> bit) - 1`)
    .where(sql`bit = 0 OR (tree.size >> bit) & 1 = 1`);
  const [{ size = 0, lastEvent = null } = {}] = rows;
  return {
    size: Number(size),
    lastEvent: lastEvent === null ? null : Number(lastEvent),
    hashAt: toHashAt(
      rows.flatMap((row) =>
        row.hash === null
          ? []
          : [{ level: row.level, position: Math.floor(Number(size) / 2 ** row.level) - 1, hash: row.hash }],
      ),
    ),
  };
}

/** The hashes of some subtrees, in one query. The result throws AUDIT_BROKEN for one that is not there. */
export async function readHashes(db: Db, subtrees: readonly Subtree[]): Promise<HashAt> {
  const wanted = subtrees.map(({ level, position }) =>
    and(eq(auditSubtrees.level, level), eq(auditSubtrees.position, position)),
  );
  if (wanted.length === 0) return toHashAt([]);
  return toHashAt(
    await db
      .select()
      .from(auditSubtrees)
      .where(or(...wanted)),
  );
}

function toHashAt(rows: readonly (Subtree & { hash: string })[]): HashAt {
  const key = ({ level, position }: Subtree) => `${level}/${position}`;
  const hashes = new Map(rows.map((row) => [key(row), row.hash]));
  return (subtree) => {
    const hash = hashes.get(key(subtree));
    if (hash === undefined) {
      throw new ShadowMeshError(auditErrors.AUDIT_BROKEN, { details: { missingSubtree: key(subtree) } });
    }
    return hash;
  };
}
