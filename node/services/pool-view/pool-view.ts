import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { Client } from "../../api/client.ts";
import { createBackboneClient } from "../../backbone/client.ts";
import { type Aggregate, poolRoutes } from "../../backbone/pool/api.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { poolViewErrors } from "./errors.ts";

const requestTimeoutMs = 5_000;
/** Backbones that are asked for one answer at the most. */
const maxAsked = 3;

/** The pool as a backbone has it: a page of the daemon may ask nobody else. What it tells is public, so no session is needed. */
export interface PoolView {
  /** @throws POOL_UNREACHABLE */
  aggregate(signal: AbortSignal): Promise<Aggregate>;
  /**
   * Hands a backbone's events on until one of the two ends it; what came after `lastEventId` first. Resolves once they
   * flow.
   *
   * @throws POOL_UNREACHABLE
   */
  follow(client: ServerResponse, lastEventId: string | null, signal: AbortSignal): Promise<void>;
}

export interface PoolViewDeps {
  /** The preferred one first. */
  membership: { backboneUrls(): readonly string[] };
}

export function createPoolView({ membership }: PoolViewDeps): PoolView {
  /** The answer of the first backbone that gives one. */
  const ask = async <T>(request: (url: string) => Promise<T>, signal: AbortSignal): Promise<T> => {
    let cause: unknown;
    for (const url of membership.backboneUrls().slice(0, maxAsked)) {
      try {
        return await request(url);
      } catch (error) {
        signal.throwIfAborted();
        cause = error;
      }
    }
    if (cause === undefined) throw new ShadowMeshError(poolViewErrors.POOL_UNREACHABLE);
    const details = { reason: cause instanceof Error ? cause.message : String(cause) };
    throw new ShadowMeshError(poolViewErrors.POOL_UNREACHABLE, { cause, details });
  };
  return {
    aggregate: (signal) => ask((url) => clientOf(url).call(poolRoutes.aggregate, {}, { signal }), signal),
    async follow(client, lastEventId, signal) {
      const headers: Record<string, string> = lastEventId === null ? {} : { "last-event-id": lastEventId };
      const body = await ask((url) => clientOf(url, headers).open(poolRoutes.events, {}, { signal }), signal);
      client.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
      // A page that leaves and a backbone that ends both end it; the page comes back by itself.
      pipeline(Readable.fromWeb(body as NodeReadableStream), client, { signal }).catch(() => undefined);
    },
  };
}

const clientOf = (baseUrl: string, headers: Record<string, string> = {}): Client =>
  createBackboneClient({ baseUrl, headers, timeoutMs: requestTimeoutMs });
