export type { AdminClaims } from "./admin-tables.ts";
export { createDatabase, type Database, type DatabaseConfig } from "./database.ts";
export { type Db, locks } from "./driver.ts";
export {
  adminAttempts,
  adminRecoveryCodes,
  adminSecondFactors,
  adminSessions,
  adminSignIns,
  auditEvents,
  auditHeads,
  auditSubtrees,
  challenges,
  devices,
  evidence,
  honeypotHits,
  nodes,
  poolEvents,
  probes,
  records,
  signingKeys,
  usedRefreshTokens,
  webhookOutbox,
} from "./schema.ts";
