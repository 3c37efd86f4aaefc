import { z } from "zod";
import { auditVerificationSchema } from "../../api/daemon.ts";
import { route } from "../../api/route.ts";
import { chainErrors } from "../../core/chain/errors.ts";
import { commonErrors } from "../../core/errors.ts";
import { hexSchema, peerIdSchema, timestampMsSchema } from "../../core/schema.ts";
import { storeErrors } from "../../core/store/errors.ts";
import { adminAccessErrors } from "../admin/api.ts";
import { backboneErrors } from "../errors.ts";
import { auditErrors } from "./errors.ts";

const count = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
/** SHA-256 in hex, as RFC 6962 makes it. */
const hash = z.string();
const path = z.array(hash);
const errors = [
  commonErrors.RATE_LIMITED,
  backboneErrors.DATABASE_UNAVAILABLE,
  storeErrors.DISK_FULL,
  auditErrors.AUDIT_BROKEN,
];

/** The log's public side: what it says of itself, and proves. The events themselves are for admins. */
export const auditRoutes = {
  auditHead: route({
    method: "GET",
    path: "/v1/audit/head",
    access: "public",
    summary: "How many events the audit log has and their root (RFC 6962), under the backbone's signature (EIP-712).",
    input: z.object({}),
    output: z.object({
      peerId: peerIdSchema,
      size: count,
      root: hexSchema,
      atMs: timestampMsSchema,
      mlDsaKeyHash: hexSchema,
      signature: hexSchema,
    }),
    errors,
  }),
  auditInclusion: route({
    method: "GET",
    path: "/v1/audit/proof/inclusion",
    access: "public",
    summary: "The hashes that lead from an event's leaf to the root of the first `size` events (RFC 6962, 2.1.1).",
    input: z.object({ sequence: count, size: count }),
    output: z.object({ leafHash: hash, path }),
    errors: [...errors, auditErrors.AUDIT_OUT_OF_RANGE],
  }),
  auditEntries: route({
    method: "GET",
    path: "/v1/audit/entries",
    access: "admin",
    summary: "Events of the audit log, the newest first; `type` may be a beginning, such as `admin.`.",
    input: z.object({
      before: count.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      type: z
        .string()
        .max(64)
        .regex(/^[a-z0-9_.]*$/)
        .optional(),
    }),
    output: z.object({
      entries: z.array(
        z.object({
          sequence: count,
          atMs: timestampMsSchema,
          type: z.string(),
          actor: z.string().nullable(),
          subject: z.string().nullable(),
          details: z.record(z.string(), z.unknown()),
        }),
      ),
    }),
    errors: [...errors, ...adminAccessErrors],
  }),
  verifyAuditLog: route({
    method: "GET",
    path: "/v1/audit/verification",
    access: "admin",
    summary: "Walks the whole log against the heads that were signed, and the one on chain; one walk at a time.",
    input: z.object({}),
    output: auditVerificationSchema,
    errors: [...errors, ...adminAccessErrors, chainErrors.CHAIN_UNREACHABLE],
  }),
  auditConsistency: route({
    method: "GET",
    path: "/v1/audit/proof/consistency",
    access: "public",
    summary: "Proves that the first `first` of the first `second` events are as they were (RFC 6962, 2.1.2).",
    input: z.object({ first: count, second: count }),
    output: z.object({ path }),
    errors: [...errors, auditErrors.AUDIT_OUT_OF_RANGE],
  }),
};
