import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { createClient } from "../../api/client.ts";
import { type Aggregate, poolRoutes } from "../../backbone/pool/api.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { poolViewErrors } from "./errors.ts";

const requestTimeoutMs = 5_000;

/** The pool as this node's backbone has it: a page of the daemon may ask nobody else. */
export interface PoolView {
  /** @throws POOL_UNREACHABLE, RATE_LIMITED, DATABASE_UNAVAILABLE */
  aggregate(signal: AbortSignal): Promise<Aggregate>;
  /**
   * Hands the backbone's events on until one of the two ends it; what came after `lastEventId` first. Resolves once they
   * flow.
   *
   * @throws POOL_UNREACHABLE
   */
  follow(client: ServerResponse, lastEventId: string | null, signal: AbortSignal): Promise<void>;
}

export interface PoolViewDeps {
  /** Where this node is signed in. */
  membership: { session(): { readonly url: string } | null };
}

export function createPoolView({ membership }: PoolViewDeps): PoolView {
  const baseUrl = () => {
    const session = membership.session();
    if (session === null) throw new ShadowMeshError(poolViewErrors.POOL_UNREACHABLE);
    return session.url;
  };
  return {
    aggregate: async (signal) =>
      createClient({ baseUrl: baseUrl(), timeoutMs: requestTimeoutMs }).call(poolRoutes.aggregate, {}, { signal }),
    async follow(client, lastEventId, signal) {
      const body = await openEvents(baseUrl(), lastEventId, signal);
      client.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
      // A page that leaves and a backbone that ends both end it; the page comes back by itself.
      pipeline(Readable.fromWeb(body), client, { signal }).catch(() => undefined);
    },
  };
}

async function openEvents(url: string, lastEventId: string | null, signal: AbortSignal): Promise<ReadableStream> {
  const headers = lastEventId === null ? undefined : { "last-event-id": lastEventId };
  const response = await fetch(`${url}${poolRoutes.events.path}`, { headers, redirect: "error", signal }).catch(
    (cause: unknown) => {
      throw new ShadowMeshError(poolViewErrors.POOL_UNREACHABLE, { cause, details: { url } });
    },
  );
  if (response.ok && response.body !== null) return response.body as ReadableStream;
  await response.body?.cancel();
  throw new ShadowMeshError(poolViewErrors.POOL_UNREACHABLE, {
    message: `The backbone does not give the pool's events now: HTTP ${response.status}.`,
    details: { url, status: response.status },
  });
}
