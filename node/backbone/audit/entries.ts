import { and, desc, lt, sql } from "drizzle-orm";
import { auditEvents, type Database } from "../database/index.ts";
import type { AuditRow } from "./event.ts";

export interface EntriesQuery {
  /** Events with smaller numbers alone. */
  readonly before?: number | undefined;
  readonly limit: number;
  /** What the type begins with. */
  readonly type?: string | undefined;
}

/** The newest events. @throws DATABASE_UNAVAILABLE */
export async function readEntries(database: Database, { before, limit, type }: EntriesQuery) {
  const { sequence } = auditEvents;
  const wanted = and(
    before === undefined ? undefined : lt(sequence, before),
    type === undefined ? undefined : sql`starts_with(${auditEvents.type}, ${type})`,
  );
  const rows = await database.run((db) =>
    db.select().from(auditEvents).where(wanted).orderBy(desc(sequence)).limit(limit),
  );
  return rows.map(({ details, ...row }) => ({ ...row, details: readDetails(details) }));
}

/** What somebody wrote into the database may be no JSON: it is shown, so that it is seen. */
function readDetails(details: AuditRow["details"]): Record<string, unknown> {
  try {
    return Object(JSON.parse(details));
  } catch {
    return { unreadable: details };
  }
}
