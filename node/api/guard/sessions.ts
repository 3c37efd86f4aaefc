import { fastifyCookie } from "@fastify/cookie";
import type { FastifyReply, FastifyRequest } from "fastify";
import { createExpiringSecrets, createSecret } from "./secrets.ts";

/** What a session was opened with. */
export type SignedInBy = "link" | "wallet";

export interface Sessions {
  open(request: FastifyRequest, reply: FastifyReply, by: SignedInBy): void;
  find(request: FastifyRequest): SignedInBy | undefined;
  close(request: FastifyRequest, reply: FastifyReply): void;
}

/** Cookie sessions, in memory: a restart of the daemon signs everyone out. */
export function createSessions(config: { lifetimeMs: number; max: number }, now: () => number): Sessions {
  const sessions = createExpiringSecrets<SignedInBy>(config, now);
  const cookie = (request: FastifyRequest, value: string, lifetimeMs: number) =>
    fastifyCookie.serialize(cookieName(request), value, {
      httpOnly: true,
      sameSite: "strict",
      secure: request.protocol === "https",
      path: "/",
      maxAge: Math.floor(lifetimeMs / 1000),
    });
  const secretOf = (request: FastifyRequest) => fastifyCookie.parse(request.headers.cookie ?? "")[cookieName(request)];
  return {
    open(request, reply, by) {
      const secret = createSecret();
      sessions.add(secret, by);
      reply.header("set-cookie", cookie(request, secret, config.lifetimeMs));
    },
    find(request) {
      const secret = secretOf(request);
      return secret === undefined ? undefined : sessions.find(secret);
    },
    close(request, reply) {
      const secret = secretOf(request);
      if (secret !== undefined) sessions.delete(secret);
      reply.header("set-cookie", cookie(request, "", 0));
    },
  };
}

/** Browsers share cookies among all ports of a host: without the port, two daemons would sign each other out. */
function cookieName(request: FastifyRequest): string {
  return `shadowmesh-${request.socket.localPort}`;
}
