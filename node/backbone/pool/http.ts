import type { Hex } from "viem";
import type { HttpServer } from "../../api/server.ts";
import { poolRoutes } from "./api.ts";
import type { BackbonePoolConfig } from "./config.ts";
import type { Pool } from "./pool.ts";

const windowMs = 60_000;

/** Serves the pool's routes. */
export function servePool(server: HttpServer, config: BackbonePoolConfig & { behindProxy: boolean }, pool: Pool): void {
  const registrations = { rateLimit: { max: config.registrationsPerMinute, windowMs } };
  const heartbeats = { rateLimit: { max: config.heartbeatsPerMinute, windowMs }, keepsText: true };
  const answer = { accepted: true, nextHeartbeat: config.heartbeatMs } as const;

  server.handle(poolRoutes.registerAgent, (device, { caller }) => pool.register(caller as Hex, device), {
    ...registrations,
    callerLimit: { max: config.registrationsPerPeer, windowMs },
  });
  server.handle(poolRoutes.refreshAgent, ({ refreshToken }) => pool.refresh(refreshToken), registrations);
  server.handle(
    poolRoutes.heartbeat,
    (report, { caller, request }) => {
      // Behind a proxy it is the proxy's, and may serve other devices, or be closed by a reload of its configuration.
      pool.presence.beat(Number(caller), report, config.behindProxy ? null : request.raw.socket);
      return answer;
    },
    heartbeats,
  );
  server.handle(
    poolRoutes.leave,
    (_, { caller }) => {
      pool.presence.leave(Number(caller));
      return { accepted: true as const };
    },
    { rateLimit: heartbeats.rateLimit },
  );
  server.handle(poolRoutes.nodes, (query) => pool.list(query));
  server.handle(poolRoutes.aggregate, () => pool.aggregate(), { keepsText: true });
  server.stream(poolRoutes.events, ({ lastEventId }, { request, reply, signal }) => {
    const header = Number(request.headers["last-event-id"] ?? Number.NaN);
    const lastId = Number.isSafeInteger(header) && header >= 0 ? header : (lastEventId ?? null);
    pool.events.follow(reply.raw, { lastId, address: request.ip }, signal);
  });
}
