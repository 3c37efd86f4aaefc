export { append } from "./append.ts";
export { type Audit, createAudit } from "./audit.ts";
export { auditErrors } from "./errors.ts";
export { type AuditEvent, toRow } from "./event.ts";
export { createRefusals, type Refusals } from "./refusals.ts";
