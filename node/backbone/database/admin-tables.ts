import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";

/** What an issuer says of an account, as far as it decides who is an admin. */
export interface AdminClaims {
  subject: string;
  /** Null where the issuer does not vouch for it. */
  verifiedEmail: string | null;
  groups: string[];
}

/** Sign-ins that were begun; the browser's cookie is kept as its SHA-256 alone. */
export const adminSignIns = pgTable("admin_sign_ins", {
  cookieHash: text("cookie_hash").primaryKey(),
  state: text("state").notNull(),
  nonce: text("nonce").notNull(),
  codeVerifier: text("code_verifier").notNull(),
  expiresAtMs: bigint("expires_at_ms", { mode: "number" }).notNull(),
});

/** Sessions of admins; the cookie is kept as its SHA-256 alone. */
export const adminSessions = pgTable(
  "admin_sessions",
  {
    tokenHash: text("token_hash").primaryKey(),
    /** Names the session to people. */
    id: text("id").notNull().unique(),
    /** Issuer and subject. */
    account: text("account").notNull(),
    claims: jsonb("claims").$type<AdminClaims>().notNull(),
    csrfToken: text("csrf_token").notNull(),
    /** Null until the second factor was shown. */
    secondFactorAtMs: bigint("second_factor_at_ms", { mode: "number" }),
    createdAtMs: bigint("created_at_ms", { mode: "number" }).notNull(),
    usedAtMs: bigint("used_at_ms", { mode: "number" }).notNull(),
    address: text("address").notNull(),
    userAgent: text("user_agent").notNull(),
  },
  (table) => [index("admin_sessions_created_at").on(table.createdAtMs)],
);

/** TOTP secrets (RFC 6238) of admins. */
export const adminSecondFactors = pgTable("admin_second_factors", {
  account: text("account").primaryKey(),
  /** Sealed; null until a first code was shown. */
  secret: text("secret"),
  /** Of an enrolment that waits for its first code. */
  pendingSecret: text("pending_secret"),
  /** The newest time step whose code was used; codes up to it are refused. */
  lastStep: bigint("last_step", { mode: "number" }).notNull(),
});

/** Recovery codes that were not used yet, as their SHA-256 alone: they are random, so that no slow hash is needed. */
export const adminRecoveryCodes = pgTable(
  "admin_recovery_codes",
  { account: text("account").notNull(), codeHash: text("code_hash").notNull() },
  (table) => [primaryKey({ columns: [table.account, table.codeHash] })],
);

/** Failed attempts by account and by address. */
export const adminAttempts = pgTable("admin_attempts", {
  key: text("key").primaryKey(),
  failures: integer("failures").notNull(),
  lastAtMs: bigint("last_at_ms", { mode: "number" }).notNull(),
  lockedUntilMs: bigint("locked_until_ms", { mode: "number" }).notNull(),
});
