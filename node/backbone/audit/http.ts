import type { HttpServer } from "../../api/server.ts";
import type { Database } from "../database/index.ts";
import { auditRoutes } from "./api.ts";
import { readEntries } from "./entries.ts";
import type { Heads } from "./heads.ts";
import type { Proofs } from "./proofs.ts";

/** Serves the log's public routes. */
export function serveAudit(
  server: HttpServer,
  { database, heads, proofs }: { database: Database; heads: Heads; proofs: Proofs },
): void {
  server.handle(auditRoutes.auditHead, () => heads.current());
  server.handle(auditRoutes.auditInclusion, (of) => proofs.inclusion(of));
  server.handle(auditRoutes.auditEntries, async (of) => ({ entries: await readEntries(database, of) }));
  server.handle(auditRoutes.auditConsistency, (of) => proofs.consistency(of));
}
