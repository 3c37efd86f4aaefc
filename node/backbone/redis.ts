import { Redis } from "ioredis";
import type { Logger } from "pino";
import { limitLines } from "../core/log/index.ts";
import type { Service } from "../core/service.ts";

/** A request must not wait for a Redis that is away. */
const defaultTimeoutMs = 500;
const slowestRetryMs = 5_000;

export interface RateLimitStore extends Service {
  readonly client: Redis;
}

/**
 * Rate limits that all instances count together. While Redis is away nothing is counted and nobody is refused by them:
 * what guards secrets is counted in the database.
 */
export function createRateLimitStore(
  url: string,
  { log, now, timeoutMs = defaultTimeoutMs }: { log: Logger; now: () => number; timeoutMs?: number },
): RateLimitStore {
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    retryStrategy: (attempt) => Math.min(attempt * 100, slowestRetryMs),
  });
  const warn = limitLines((fields, text) => log.warn(fields, text), { lines: 1, periodMs: 60_000 }, now);
  client.on("error", (error) => warn({ err: error }, "Redis does not answer: rate limits are not counted"));
  return {
    client,
    async start(signal) {
      signal.throwIfAborted();
      // It may be away now: the client tries on by itself.
      await client.connect().catch(() => undefined);
    },
    stop: async () => client.disconnect(),
  };
}
