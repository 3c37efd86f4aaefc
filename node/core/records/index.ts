export { recordErrors } from "./errors.ts";
export {
  maxRecordBytes,
  type NodeRecord,
  newerRecord,
  recordLifetimeMs,
  recordLimits,
  type SignedRecord,
  signedRecordSchema,
  signRecord,
  verifyRecord,
} from "./node-record.ts";
export type { StatementDomain } from "./statement.ts";
