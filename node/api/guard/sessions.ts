import "@fastify/cookie";
import type { FastifyReply, FastifyRequest } from "fastify";
import { createExpiringSecrets, createSecret } from "./secrets.ts";

/** What a session was opened with. */
export type SignedInBy = "link" | "wallet";

export interface Sessions {
  open(request: FastifyRequest, reply: FastifyReply, by: SignedInBy): void;
  find(request: FastifyRequest): SignedInBy | undefined;
  close(request: FastifyRequest, reply: FastifyReply): void;
}

/** Cookie sessions, in memory: a restart of the daemon signs everyone out. The server needs @fastify/cookie. */
export function createSessions(config: { lifetimeMs: number; max: number }, now: () => number): Sessions {
  const sessions = createExpiringSecrets<SignedInBy>(config, now);
  const options = (request: FastifyRequest) =>
    ({ httpOnly: true, sameSite: "strict", secure: request.protocol === "https", path: "/" }) as const;
  const secretOf = (request: FastifyRequest) => request.cookies[cookieName(request)];
  return {
    open(request, reply, by) {
      const secret = createSecret();
      sessions.add(secret, by);
      const maxAge = Math.floor(config.lifetimeMs / 1000);
      reply.setCookie(cookieName(request), secret, { ...options(request), maxAge });
    },
    find(request) {
      const secret = secretOf(request);
      return secret === undefined ? undefined : sessions.find(secret);
    },
    close(request, reply) {
      const secret = secretOf(request);
      if (secret !== undefined) sessions.delete(secret);
      reply.clearCookie(cookieName(request), options(request));
    },
  };
}

/** Browsers share cookies among all ports of a host: without the port, two daemons would sign each other out. */
function cookieName(request: FastifyRequest): string {
  return `shadowmesh-${request.socket.localPort}`;
}
