import { asc } from "drizzle-orm";
import { type AuditDeps, createAudit } from "../../../../node/backbone/audit/index.ts";
import { auditEvents, createDatabase, type Database } from "../../../../node/backbone/database/index.ts";
import { silent } from "../../api/fixture.ts";

export interface Settings {
  dataFolder: string;
  databaseUrl: string | null;
}

/** An instance's part of the log: its own connection, its own writer. */
export async function openAudit(
  { dataFolder, databaseUrl: url }: Settings,
  now = Date.now,
  onAppend: AuditDeps["onAppend"] = async () => undefined,
) {
  const database = createDatabase({ url, dataFolder }, { log: silent });
  await database.start(AbortSignal.timeout(60_000));
  const audit = createAudit({ database, onAppend, now, log: silent });
  await audit.start(AbortSignal.timeout(60_000));
  return {
    database,
    audit,
    async close() {
      await audit.stop();
      await database.stop();
    },
  };
}

export const readEvents = (database: Database) =>
  database.run((db) => db.select().from(auditEvents).orderBy(asc(auditEvents.sequence)));
