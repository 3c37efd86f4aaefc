import { z } from "zod";
import { route } from "../../api/route.ts";
import { commonErrors } from "../../core/errors.ts";
import { storeErrors } from "../../core/store/errors.ts";
import { auditErrors } from "../audit/errors.ts";
import { backboneErrors } from "../errors.ts";
import { adminErrors } from "./errors.ts";

const none = z.object({});

const limits = [
  commonErrors.RATE_LIMITED,
  backboneErrors.DATABASE_UNAVAILABLE,
  storeErrors.DISK_FULL,
  auditErrors.AUDIT_BUSY,
  auditErrors.AUDIT_BROKEN,
];
const issuer = [adminErrors.ADMIN_NOT_CONFIGURED, adminErrors.ADMIN_ISSUER_UNAVAILABLE];
const firstFactor = [
  ...limits,
  adminErrors.ADMIN_NOT_CONFIGURED,
  adminErrors.ADMIN_SIGN_IN_REQUIRED,
  adminErrors.ADMIN_ORIGIN_REFUSED,
  adminErrors.CSRF_TOKEN_INVALID,
];

/** What every route for admins may answer. */
export const adminAccessErrors = [...firstFactor, adminErrors.SECOND_FACTOR_REQUIRED];

const sessionSchema = z.object({
  id: z.string(),
  current: z.boolean(),
  secondFactor: z.boolean(),
  createdAt: z.iso.datetime(),
  usedAt: z.iso.datetime(),
  address: z.string(),
  userAgent: z.string(),
});

const verifiedSchema = z.object({
  csrfToken: z.string(),
  /** Shown once, after a second factor was enrolled; null otherwise. */
  recoveryCodes: z.array(z.string()).nullable(),
});

/** How admins sign in, and what they do with their sessions. */
export const adminRoutes = {
  beginAdminSignIn: route({
    method: "POST",
    path: "/v1/admin/sign-in",
    access: "public",
    summary: "Begins a sign-in at the issuer: where to send the browser. It comes back to `admin.pageUrl`.",
    input: none,
    output: z.object({ url: z.url() }),
    errors: [...limits, ...issuer, adminErrors.ADMIN_ORIGIN_REFUSED],
  }),
  completeAdminSignIn: route({
    method: "POST",
    path: "/v1/admin/sign-in/complete",
    access: "public",
    summary: "Ends a sign-in by the query that the issuer sent the browser back with; opens a session by cookie.",
    input: z.object({ parameters: z.string().min(1).max(4096) }),
    output: z.object({ csrfToken: z.string(), enrolled: z.boolean() }),
    errors: [
      ...limits,
      ...issuer,
      adminErrors.ADMIN_ORIGIN_REFUSED,
      adminErrors.ADMIN_SIGN_IN_INVALID,
      adminErrors.ADMIN_NOT_ALLOWED,
      adminErrors.ADMIN_LOCKED,
    ],
  }),
  adminSession: route({
    method: "GET",
    path: "/v1/admin/session",
    access: "first-factor",
    summary: "Who is signed in, what is left to do, and the token that each change has to show as `x-csrf-token`.",
    input: none,
    output: z.object({
      id: z.string(),
      subject: z.string(),
      email: z.string().nullable(),
      enrolled: z.boolean(),
      secondFactor: z.boolean(),
      csrfToken: z.string(),
      idleMs: z.number().int(),
      expiresAt: z.iso.datetime(),
    }),
    errors: firstFactor,
  }),
  enrolSecondFactor: route({
    method: "POST",
    path: "/v1/admin/second-factor/enrol",
    access: "first-factor",
    summary: "A new TOTP secret, shown once; it counts from its first code on. Replacing one needs the whole session.",
    input: none,
    output: z.object({ otpauthUri: z.string() }),
    errors: [...firstFactor, adminErrors.SECOND_FACTOR_ENROLLED],
  }),
  verifySecondFactor: route({
    method: "POST",
    path: "/v1/admin/second-factor/verify",
    access: "first-factor",
    summary: "Shows a code of the second factor; the session is whole from then on, under a new cookie.",
    input: z.object({ code: z.string().regex(/^\d{6}$/, "expected six digits") }),
    output: verifiedSchema,
    errors: [
      ...firstFactor,
      adminErrors.SECOND_FACTOR_INVALID,
      adminErrors.SECOND_FACTOR_REPLAYED,
      adminErrors.SECOND_FACTOR_MISSING,
      adminErrors.SECOND_FACTOR_UNREADABLE,
      adminErrors.ADMIN_LOCKED,
    ],
  }),
  useRecoveryCode: route({
    method: "POST",
    path: "/v1/admin/second-factor/recover",
    access: "first-factor",
    summary: "Shows a recovery code in place of the second factor, and uses it up.",
    input: z.object({ code: z.string().min(16).max(40) }),
    output: z.object({ csrfToken: z.string(), codesLeft: z.number().int() }),
    errors: [...firstFactor, adminErrors.RECOVERY_CODE_INVALID, adminErrors.ADMIN_LOCKED],
  }),
  renewRecoveryCodes: route({
    method: "POST",
    path: "/v1/admin/recovery-codes",
    access: "admin",
    summary: "New recovery codes, shown once; the old ones are worth nothing any more.",
    input: none,
    output: z.object({ recoveryCodes: z.array(z.string()) }),
    errors: adminAccessErrors,
  }),
  listAdminSessions: route({
    method: "GET",
    path: "/v1/admin/sessions",
    access: "admin",
    summary: "The account's sessions, newest first.",
    input: none,
    output: z.object({ sessions: z.array(sessionSchema) }),
    errors: adminAccessErrors,
  }),
  closeAdminSession: route({
    method: "DELETE",
    path: "/v1/admin/sessions",
    access: "admin",
    summary: "Ends one of the account's sessions at once.",
    input: z.object({ id: z.uuid() }),
    output: none,
    errors: [...adminAccessErrors, adminErrors.ADMIN_SESSION_NOT_FOUND],
  }),
  signOutAdmin: route({
    method: "POST",
    path: "/v1/admin/sign-out",
    access: "first-factor",
    summary: "Ends this session.",
    input: none,
    output: none,
    errors: firstFactor,
  }),
};
