import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { createClient } from "../../api/client.ts";
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
    aggregate: (signal) =>
      ask(
        (baseUrl) => createClient({ baseUrl, timeoutMs: requestTimeoutMs }).call(poolRoutes.aggregate, {}, { signal }),
        signal,
      ),
    async follow(client, lastEventId, signal) {
      const body = await ask((url) => openEvents(url, lastEventId, signal), signal);
      client.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
      // A page that leaves and a backbone that ends both end it; the page comes back by itself.
      pipeline(Readable.fromWeb(body), client, { signal }).catch(() => undefined);
    },
  };
}

/** @throws TypeError where nobody answers in time, POOL_UNREACHABLE on another answer than the stream */
async function openEvents(url: string, lastEventId: string | null, signal: AbortSignal): Promise<ReadableStream> {
  const headers = lastEventId === null ? undefined : { "last-event-id": lastEventId };
  const answered = new AbortController();
  const timer = setTimeout(() => answered.abort(), requestTimeoutMs);
  const response = await fetch(`${url}${poolRoutes.events.path}`, {
    headers,
    redirect: "error",
    signal: AbortSignal.any([signal, answered.signal]),
  }).finally(() => clearTimeout(timer));
  if (response.ok && response.body !== null) return response.body as ReadableStream;
  await response.body?.cancel();
  throw new ShadowMeshError(poolViewErrors.POOL_UNREACHABLE, {
    message: `The backbone does not give the pool's events now: HTTP ${response.status}.`,
  });
}
