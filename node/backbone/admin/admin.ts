import fastifyCookie from "@fastify/cookie";
import type { FastifyReply } from "fastify";
import type { Logger } from "pino";
import type { HttpServer } from "../../api/server.ts";
import { commonErrors, ShadowMeshError } from "../../core/errors.ts";
import type { Identity } from "../../core/identity/index.ts";
import type { Service } from "../../core/service.ts";
import { type Audit, createRefusals } from "../audit/index.ts";
import type { Database } from "../database/index.ts";
import { adminRoutes } from "./api.ts";
import type { AdminConfig } from "./config.ts";
import { adminErrors } from "./errors.ts";
import { type AdminGuard, createAdminGuard } from "./guard.ts";
import { createIssuer, isAdmin } from "./issuer.ts";
import { createLockOut } from "./lock-out.ts";
import { createSealing } from "./sealing.ts";
import { createSecondFactors } from "./second-factor.ts";
import { type AdminSession, createAdminSessions } from "./sessions.ts";
import { createSignIns } from "./sign-ins.ts";

export interface AdminDeps {
  database: Database;
  audit: Audit;
  identity: Pick<Identity, "deriveSecret">;
  now: () => number;
  log: Logger;
}

/** The admin's door: an issuer's sign-in, then a second factor of our own, then a session. */
export interface Admin extends Service {
  /** For `ServerDeps.authorize`. */
  readonly authorize: { readonly admin: AdminGuard["admin"]; readonly "first-factor": AdminGuard["firstFactor"] };
  /** To be awaited before the server starts. */
  serve(server: HttpServer): Promise<void>;
  /** Deletes what ran out. */
  purge(): Promise<void>;
}

export function createAdmin(config: AdminConfig, deps: AdminDeps): Admin {
  const { audit } = deps;
  const issuer = createIssuer(config);
  const signIns = createSignIns(deps);
  const sessions = createAdminSessions(config, deps);
  const guard = createAdminGuard(config, sessions);
  const sealing = createSealing([...config.secondFactorSecrets, deps.identity.deriveSecret("second-factor")]);
  const factors = createSecondFactors({ ...deps, sealing });
  const lockOut = createLockOut(deps);
  const refusals = createRefusals("admin.sign_in_refused", deps);
  const attempts = { rateLimit: { max: config.attemptsPerMinute, windowMs: 60_000 } };

  async function complete(session: AdminSession, reply: FastifyReply): Promise<string> {
    const confirmed = await sessions.confirm(session);
    if (confirmed === null) throw new ShadowMeshError(adminErrors.ADMIN_SIGN_IN_REQUIRED);
    guard.setSession(reply, confirmed.cookie);
    return confirmed.session.csrfToken;
  }

  /** Does what a wrong secret lets fail: counted, at some point refused, and told to the audit. */
  async function tried<T>(
    who: { account?: string; address: string },
    refused: (code: string) => unknown,
    work: () => Promise<T>,
  ): Promise<T> {
    const attempt = await lockOut.attempt(who);
    try {
      const result = await work();
      await attempt.succeeded();
      return result;
    } catch (error) {
      await refused(ShadowMeshError.is(error) ? error.code : commonErrors.INTERNAL.code);
      for (const locked of attempt.locksOut) {
        await audit.record({ type: "admin.locked", actor: null, subject: who.account ?? null, details: { locked } });
      }
      throw error;
    }
  }

  const record = (type: string, { account, id }: AdminSession, details = {}) =>
    audit.record({ type, actor: account, subject: id, details });

  function serveSignIn(server: HttpServer): void {
    server.handle(
      adminRoutes.beginAdminSignIn,
      async (_, { request, reply }) => {
        guard.checkOrigin(request);
        const { url, ...checks } = await issuer.begin();
        guard.setSignIn(reply, await signIns.begin(checks));
        return { url };
      },
      attempts,
    );
    server.handle(
      adminRoutes.completeAdminSignIn,
      async ({ parameters }, { request, reply }) => {
        guard.checkOrigin(request);
        const refused = (code: string) => refusals.count(String(config.issuer), code);
        const claims = await tried({ address: request.ip }, refused, async () => {
          const checks = await signIns.take(guard.signInOf(request));
          const claims = await issuer.complete(parameters, checks);
          if (!isAdmin(claims, config)) throw new ShadowMeshError(adminErrors.ADMIN_NOT_ALLOWED);
          return claims;
        });
        const account = `${config.issuer} ${claims.subject}`;
        const userAgent = request.headers["user-agent"] ?? "";
        const { cookie, session } = await sessions.open({ account, claims, address: request.ip, userAgent });
        await record("admin.signed_in", session);
        guard.clearSignIn(reply);
        guard.setSession(reply, cookie);
        return { csrfToken: session.csrfToken, enrolled: await factors.enrolled(account) };
      },
      attempts,
    );
  }

  function serveSecondFactor(server: HttpServer): void {
    server.handle(adminRoutes.enrolSecondFactor, async (_, { request }) => {
      const { account, claims, secondFactorAtMs } = guard.sessionOf(request);
      if (secondFactorAtMs === null && (await factors.enrolled(account))) {
        throw new ShadowMeshError(adminErrors.SECOND_FACTOR_ENROLLED);
      }
      return factors.enrol(account, claims.verifiedEmail ?? claims.subject);
    });
    server.handle(
      adminRoutes.verifySecondFactor,
      async ({ code }, { request, reply }) => {
        const session = guard.sessionOf(request);
        const { account } = session;
        // A secret that waits counts once nothing stands before it: no device yet, or a session that has shown its own.
        const enrols =
          (session.secondFactorAtMs !== null || !(await factors.enrolled(account))) && (await factors.pending(account));
        const refused = (code: string) => record("admin.second_factor_refused", session, { code });
        const recoveryCodes = await tried({ account, address: request.ip }, refused, async () =>
          enrols ? factors.confirm(account, code) : factors.verify(account, code).then(() => null),
        );
        await record(enrols ? "admin.second_factor_enrolled" : "admin.second_factor_shown", session);
        return { csrfToken: await complete(session, reply), recoveryCodes };
      },
      attempts,
    );
    server.handle(
      adminRoutes.useRecoveryCode,
      async ({ code }, { request, reply }) => {
        const session = guard.sessionOf(request);
        const { account } = session;
        const refused = (code: string) => record("admin.recovery_code_refused", session, { code });
        const codesLeft = await tried({ account, address: request.ip }, refused, () => factors.recover(account, code));
        await record("admin.recovery_code_used", session, { codesLeft });
        return { csrfToken: await complete(session, reply), codesLeft };
      },
      attempts,
    );
    server.handle(adminRoutes.renewRecoveryCodes, async (_, { request }) => {
      const session = guard.sessionOf(request);
      const recoveryCodes = await factors.renewRecoveryCodes(session.account);
      await record("admin.recovery_codes_renewed", session);
      return { recoveryCodes };
    });
  }

  function serveSessions(server: HttpServer): void {
    server.handle(adminRoutes.adminSession, async (_, { request }) => {
      const { id, account, claims, csrfToken, createdAtMs, secondFactorAtMs } = guard.sessionOf(request);
      return {
        id,
        subject: claims.subject,
        email: claims.verifiedEmail,
        enrolled: await factors.enrolled(account),
        secondFactor: secondFactorAtMs !== null,
        csrfToken,
        idleMs: config.idleMs,
        expiresAt: new Date(createdAtMs + config.lifetimeMs).toISOString(),
      };
    });
    server.handle(adminRoutes.listAdminSessions, async (_, { request }) => {
      const own = guard.sessionOf(request);
      const listed = await sessions.list(own.account);
      return {
        sessions: listed.map(({ id, secondFactorAtMs, createdAtMs, usedAtMs, address, userAgent }) => ({
          id,
          current: id === own.id,
          secondFactor: secondFactorAtMs !== null,
          createdAt: new Date(createdAtMs).toISOString(),
          usedAt: new Date(usedAtMs).toISOString(),
          address,
          userAgent,
        })),
      };
    });
    server.handle(adminRoutes.closeAdminSession, async ({ id }, { request }) => {
      const session = guard.sessionOf(request);
      if (!(await sessions.close(session.account, id))) throw new ShadowMeshError(adminErrors.ADMIN_SESSION_NOT_FOUND);
      await record("admin.session_revoked", session, { revoked: id });
      return {};
    });
    server.handle(adminRoutes.signOutAdmin, async (_, { request, reply }) => {
      const session = guard.sessionOf(request);
      await sessions.close(session.account, session.id);
      guard.clearSession(reply);
      await record("admin.signed_out", session);
      return {};
    });
  }

  return {
    authorize: { admin: guard.admin, "first-factor": guard.firstFactor },
    async serve(server) {
      await server.fastify.register(fastifyCookie);
      serveSignIn(server);
      serveSecondFactor(server);
      serveSessions(server);
    },
    start: refusals.start,
    stop: refusals.stop,
    async purge() {
      await signIns.purge();
      await sessions.purge();
      await lockOut.purge();
    },
  };
}
