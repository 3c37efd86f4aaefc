import type { HttpServer } from "../../api/server.ts";
import type { Database } from "../database/index.ts";
import { auditRoutes } from "./api.ts";
import { readEntries } from "./entries.ts";
import type { Heads } from "./heads.ts";
import type { Proofs } from "./proofs.ts";
import type { Verification } from "./verify.ts";

export interface AuditHttpDeps {
  database: Database;
  heads: Heads;
  proofs: Proofs;
  /** Walks the whole log. */
  verify(): Promise<Verification>;
}

/** Serves the log's routes, public ones and the admins'. */
export function serveAudit(server: HttpServer, { database, heads, proofs, verify }: AuditHttpDeps): void {
  let walk: Promise<Verification> | undefined;
  server.handle(auditRoutes.auditHead, () => heads.current());
  server.handle(auditRoutes.auditInclusion, (of) => proofs.inclusion(of));
  server.handle(auditRoutes.auditEntries, async (of) => ({ entries: await readEntries(database, of) }));
  server.handle(auditRoutes.verifyAuditLog, async () => {
    // Who asks while one is on its way hears what that one finds.
    walk ??= verify().finally(() => {
      walk = undefined;
    });
    const { findings, ...rest } = await walk;
    return { ...rest, findings: [...findings] };
  });
  server.handle(auditRoutes.auditConsistency, (of) => proofs.consistency(of));
}
