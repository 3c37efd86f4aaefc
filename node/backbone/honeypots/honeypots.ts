import type { FastifyReply, FastifyRequest } from "fastify";
import type { HttpServer } from "../../api/server.ts";
import { sleep } from "../../core/backoff.ts";
import type { Service } from "../../core/service.ts";
import { networkOf } from "../client-network.ts";
import type { HoneypotsConfig } from "./config.ts";
import { createHits, type HitsDeps } from "./hits.ts";
import { createPages, type Page } from "./pages.ts";

/** Answers held back at once: whoever comes beside them has his at once, and holds no socket of ours. */
export const maxHeld = 32;

export interface Honeypots extends Service {
  /** Adds the traps to a server. */
  serve(server: HttpServer): void;
  /** Records hits, and forgets addresses whose time is up. */
  housekeep(): Promise<void>;
}

/** Pages that nobody asks for who knows this API, and that lead nowhere. */
export function createHoneypots(config: HoneypotsConfig, deps: HitsDeps): Honeypots {
  const hits = createHits(config, deps);
  const stopping = new AbortController();
  let held = 0;

  async function answer(path: string, page: Page, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    hits.count(path, networkOf(request.ip));
    if (held < maxHeld) {
      held += 1;
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      await sleep(config.delayMs, AbortSignal.any([stopping.signal, gone.signal]));
      held -= 1;
    }
    // Whatever body comes is not read, so that the connection is of no more use.
    await reply
      .code(page.status)
      .headers({ "content-type": page.type, "cache-control": "no-store", connection: "close" })
      .send(page.body);
  }

  return {
    serve({ fastify }) {
      if (!config.enabled) return;
      for (const [path, { get, post }] of createPages()) {
        // Before a body is parsed: its type and size are the stranger's.
        const trap = (page: Page) => (request: FastifyRequest, reply: FastifyReply) =>
          answer(path, page, request, reply);
        const handler = async () => undefined;
        fastify.route({ method: "GET", url: path, preParsing: trap(get), handler });
        fastify.route({ method: "POST", url: path, preParsing: trap(post), handler });
      }
    },
    async housekeep() {
      await hits.flush();
      await hits.purge();
    },
    start: async (signal) => signal.throwIfAborted(),
    async stop() {
      stopping.abort();
      await hits.flush(true);
    },
  };
}
