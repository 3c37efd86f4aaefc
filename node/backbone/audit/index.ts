export { append } from "./append.ts";
export { type Audit, type AuditDeps, createAudit } from "./audit.ts";
export { auditErrors } from "./errors.ts";
export { type AuditEvent, type AuditRow, toRow } from "./event.ts";
export { createHeads, type Heads } from "./heads.ts";
export { serveAudit } from "./http.ts";
export { createProofs } from "./proofs.ts";
export { createRefusals, type Refusals } from "./refusals.ts";
export { type Verification, verifyLog } from "./verify.ts";
