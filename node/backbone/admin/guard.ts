import { timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ShadowMeshError } from "../../core/errors.ts";
import type { AdminConfig } from "./config.ts";
import { adminErrors } from "./errors.ts";
import { isAdmin } from "./issuer.ts";
import type { AdminSession, AdminSessions } from "./sessions.ts";

/** The prefix makes browsers insist on Secure, on Path=/ and on no Domain: no other host can set it for us. */
const sessionCookie = "__Host-shadowmesh-admin";
const signInCookie = "__Host-shadowmesh-sign-in";
const csrfHeader = "x-csrf-token";

const attributes = { httpOnly: true, secure: true, sameSite: "strict", path: "/" } as const;

/** Keeps the admin's routes for the admin: the session's cookie, and no other site's page. */
export interface AdminGuard {
  /** For `ServerDeps.authorize`: the account whose session has shown its second factor. */
  readonly admin: (request: FastifyRequest) => Promise<string>;
  /** The same for sessions whose second factor is still to come. */
  readonly firstFactor: (request: FastifyRequest) => Promise<string>;
  /** The session that let a request through. */
  sessionOf(request: FastifyRequest): AdminSession;
  /** Refuses what another site's page could have sent. @throws ADMIN_ORIGIN_REFUSED */
  checkOrigin(request: FastifyRequest): void;
  signInOf(request: FastifyRequest): string | undefined;
  setSignIn(reply: FastifyReply, cookie: string): void;
  clearSignIn(reply: FastifyReply): void;
  setSession(reply: FastifyReply, cookie: string): void;
  clearSession(reply: FastifyReply): void;
}

/** Origins whose pages may use the admin's session. */
export function adminOrigins({ pageUrl, origins }: AdminConfig): string[] {
  return [new URL(pageUrl).origin, ...origins];
}

export function createAdminGuard(config: AdminConfig, sessions: AdminSessions): AdminGuard {
  const origins = adminOrigins(config);
  const passed = new WeakMap<FastifyRequest, AdminSession>();

  /** SameSite keeps other sites' pages from sending the cookie; this holds where a browser does not, or a site is shared. */
  function checkOrigin(request: FastifyRequest): void {
    const { origin } = request.headers;
    const reads = request.method === "GET" || request.method === "HEAD";
    const allowed = origin === undefined ? reads : origins.includes(origin);
    if (!allowed || request.headers["sec-fetch-site"] === "cross-site") {
      throw new ShadowMeshError(adminErrors.ADMIN_ORIGIN_REFUSED);
    }
  }

  async function firstFactor(request: FastifyRequest): Promise<string> {
    if (config.issuer === null) throw new ShadowMeshError(adminErrors.ADMIN_NOT_CONFIGURED);
    checkOrigin(request);
    const session = await sessions.find(request.cookies[sessionCookie]);
    // Asked anew each time: who is taken off the list is out at once.
    if (session === null || !isAdmin(session.claims, config)) {
      throw new ShadowMeshError(adminErrors.ADMIN_SIGN_IN_REQUIRED);
    }
    if (request.method !== "GET" && !isSame(request.headers[csrfHeader], session.csrfToken)) {
      throw new ShadowMeshError(adminErrors.CSRF_TOKEN_INVALID);
    }
    passed.set(request, session);
    return session.account;
  }

  function sessionOf(request: FastifyRequest): AdminSession {
    const session = passed.get(request);
    if (session === undefined) throw new Error("the request has passed no guard");
    return session;
  }

  return {
    checkOrigin,
    firstFactor,
    sessionOf,
    async admin(request) {
      const account = await firstFactor(request);
      if (sessionOf(request).secondFactorAtMs === null) throw new ShadowMeshError(adminErrors.SECOND_FACTOR_REQUIRED);
      return account;
    },
    signInOf: (request) => request.cookies[signInCookie],
    setSignIn: (reply, cookie) => void reply.setCookie(signInCookie, cookie, attributes),
    clearSignIn: (reply) => void reply.clearCookie(signInCookie, attributes),
    setSession: (reply, cookie) => void reply.setCookie(sessionCookie, cookie, attributes),
    clearSession: (reply) => void reply.clearCookie(sessionCookie, attributes),
  };
}

/** Compares in a time that tells nothing; the length of a token is no secret. */
function isSame(shown: string | string[] | undefined, token: string): boolean {
  const [a, b] = [Buffer.from(String(shown)), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
