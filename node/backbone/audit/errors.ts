import { defineErrors } from "../../core/errors.ts";

export const auditErrors = defineErrors({
  AUDIT_BUSY: {
    status: 503,
    summary: "More happens than the audit log can write down.",
    action: "Try again in a few seconds; if it lasts, see whether the database is slow.",
  },
  AUDIT_OUT_OF_RANGE: {
    status: 400,
    summary: "The audit log has no such event or size.",
    action: "Ask for sizes up to that of GET /v1/audit/head, and for events below them.",
  },
  AUDIT_BROKEN: {
    status: 500,
    summary: "The audit log's tables are not as this backbone wrote them.",
    action: "Run `shadowmesh audit verify`: it names what was changed, and restore the database from a backup.",
  },
});
