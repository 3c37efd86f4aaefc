import type { HttpServer } from "../../api/server.ts";
import { auditRoutes } from "./api.ts";
import type { Heads } from "./heads.ts";
import type { Proofs } from "./proofs.ts";

/** Serves the log's public routes. */
export function serveAudit(server: HttpServer, { heads, proofs }: { heads: Heads; proofs: Proofs }): void {
  server.handle(auditRoutes.auditHead, () => heads.current());
  server.handle(auditRoutes.auditInclusion, (of) => proofs.inclusion(of));
  server.handle(auditRoutes.auditConsistency, (of) => proofs.consistency(of));
}
