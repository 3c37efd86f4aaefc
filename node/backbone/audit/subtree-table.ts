import { and, desc, eq, or } from "drizzle-orm";
import { ShadowMeshError } from "../../core/errors.ts";
import { auditSubtrees, type Db } from "../database/index.ts";
import { auditErrors } from "./errors.ts";
import type { HashAt, Subtree } from "./merkle.ts";

/** How many events the tree has. */
export async function readSize(db: Db): Promise<number> {
  const { level, position } = auditSubtrees;
  const [last] = await db.select({ position }).from(auditSubtrees).where(eq(level, 0)).orderBy(desc(position)).limit(1);
  return last === undefined ? 0 : last.position + 1;
}

/** The hashes of some subtrees, in one query. The result throws AUDIT_BROKEN for one that is not there. */
export async function readHashes(db: Db, subtrees: readonly Subtree[]): Promise<HashAt> {
  const key = ({ level, position }: Subtree) => `${level}/${position}`;
  const wanted = subtrees.map(({ level, position }) =>
    and(eq(auditSubtrees.level, level), eq(auditSubtrees.position, position)),
  );
  const rows =
    wanted.length === 0
      ? []
      : await db
          .select()
          .from(auditSubtrees)
          .where(or(...wanted));
  const hashes = new Map(rows.map((row) => [key(row), row.hash]));
  return (subtree) => {
    const hash = hashes.get(key(subtree));
    if (hash === undefined) {
      throw new ShadowMeshError(auditErrors.AUDIT_BROKEN, { details: { missingSubtree: key(subtree) } });
    }
    return hash;
  };
}
