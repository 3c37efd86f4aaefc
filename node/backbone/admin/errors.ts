import { defineErrors } from "../../core/errors.ts";

export const adminErrors = defineErrors({
  ADMIN_NOT_CONFIGURED: {
    status: 403,
    summary: "This backbone has no issuer that admins could sign in at.",
    action: "Set `admin.issuer` and who is an admin; docs/guides/admin.md shows how.",
  },
  ADMIN_ISSUER_UNAVAILABLE: {
    status: 503,
    summary: "The issuer that admins sign in at does not answer.",
    action: "Try again in a moment; see whether `admin.issuer` can be reached from the backbone.",
  },
  ADMIN_SIGN_IN_INVALID: {
    status: 401,
    summary: "The sign-in was not begun in this browser, has run out, or the issuer refused it.",
    action: "Begin again at the admin's page; a sign-in lasts ten minutes and works once.",
  },
  ADMIN_NOT_ALLOWED: {
    status: 403,
    summary: "The issuer knows this account, but it is no admin of this backbone.",
    action: "Have the account added to `admin.subjects`, `admin.emails` or `admin.groups`.",
  },
  ADMIN_SIGN_IN_REQUIRED: {
    status: 401,
    summary: "There is no admin's session, or it has ended.",
    action: "Sign in at the admin's page.",
  },
  ADMIN_SESSION_NOT_FOUND: {
    status: 404,
    summary: "There is no such session.",
    action: "List them by GET /v1/admin/sessions; it may have ended already.",
  },
  ADMIN_ORIGIN_REFUSED: {
    status: 403,
    summary: "The request comes from a page that may not use the admin's session.",
    action: "Use the admin's page, or name the other page's origin in `admin.origins`.",
  },
  CSRF_TOKEN_INVALID: {
    status: 403,
    summary: "The header `x-csrf-token` is missing, or not that of this session.",
    action: "Send the `csrfToken` that GET /v1/admin/session answers.",
  },
  SECOND_FACTOR_REQUIRED: {
    status: 403,
    summary: "This session has not shown its second factor.",
    action: "Enrol one, or send its code to POST /v1/admin/second-factor/verify.",
  },
  SECOND_FACTOR_INVALID: {
    status: 401,
    summary: "The code is not this account's for the present half minute.",
    action: "Send the newest code; see whether the clock of the device is right.",
  },
  SECOND_FACTOR_REPLAYED: {
    status: 401,
    summary: "This code, or a later one, was used before.",
    action: "Wait for the next code; each works once.",
  },
  SECOND_FACTOR_ENROLLED: {
    status: 409,
    summary: "This account has a second factor already.",
    action: "Sign in with it, or with a recovery code; then it may be replaced.",
  },
  SECOND_FACTOR_MISSING: {
    status: 409,
    summary: "This account has no second factor yet.",
    action: "Enrol one by POST /v1/admin/second-factor/enrol.",
  },
  SECOND_FACTOR_UNREADABLE: {
    status: 503,
    summary: "This account's second factor was stored under a secret that this backbone does not have.",
    action:
      "Set `admin.secondFactorSecrets` as it was, or as at the other instances; or use a recovery code, and replace the authenticator.",
  },
  RECOVERY_CODE_INVALID: {
    status: 401,
    summary: "This is no recovery code of the account, or it was used before.",
    action: "Try another of them; each works once.",
  },
  ADMIN_LOCKED: {
    status: 429,
    summary: "Too many attempts failed for this account or address.",
    action: "Wait for the seconds named in the Retry-After header, then try again.",
  },
});
