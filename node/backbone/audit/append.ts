import { sql } from "drizzle-orm";
import { auditEvents, auditSubtrees, type Db, locks } from "../database/index.ts";
import { type AuditRow, toLeaf } from "./event.ts";
import { grow, hashLeaf } from "./merkle.ts";
import { readEdge } from "./subtree-table.ts";

/**
 * Adds events to the log within a transaction, which is what makes a change and its event one. All instances on a
 * database do this one after the other, until the transaction ends: numbers have no gaps and the tree one order.
 *
 * @returns the number of the first event, and that of a row which somebody else put behind the log, or null
 * @throws AUDIT_BROKEN where subtrees that the log wrote are gone
 */
export async function append(
  tx: Db,
  events: readonly Omit<AuditRow, "sequence">[],
): Promise<{ first: number; foreign: number | null }> {
  // A statement of its own: the next one has to see what those before have written.
  await tx.execute(sql`SELECT pg_advisory_xact_lock(${locks.audit})`);
  const { size, lastEvent, hashAt } = await readEdge(tx);
  const rows = events.map((event, index) => ({ ...event, sequence: size + index }));
  const leafHashes = rows.map((row) => hashLeaf(toLeaf(row)));
  const written = tx.$with("written").as(
    tx
      .insert(auditEvents)
      .values(rows)
      // A forged row behind the log must not stop it: what really happened takes its place.
      .onConflictDoUpdate({
        target: auditEvents.sequence,
        set: {
          atMs: sql`excluded.at_ms`,
          type: sql`excluded.type`,
          actor: sql`excluded.actor`,
          subject: sql`excluded.subject`,
          details: sql`excluded.details`,
        },
      }),
  );
  await tx
    .with(written)
    .insert(auditSubtrees)
    .values(grow(size, hashAt, leafHashes));
  return { first: size, foreign: lastEvent !== null && lastEvent >= size ? lastEvent : null };
}
