export { createDatabase, type Database, type DatabaseConfig } from "./database.ts";
export { type Db, locks } from "./driver.ts";
export {
  auditEvents,
  auditHeads,
  auditSubtrees,
  challenges,
  evidence,
  nodes,
  probes,
  records,
  signingKeys,
} from "./schema.ts";
