import pg from "pg";
import type { Logger } from "pino";
import { createBackoff, sleep } from "../../core/backoff.ts";

/**
 * Listens to a channel of PostgreSQL on a connection of its own, made anew whenever it breaks. Calls back for each
 * notification, and once it listens again: what was told in between nobody heard.
 */
export function listenToPostgres(
  connectionString: string,
  deps: { channel: string; onNews: () => void; log: Logger },
): { close(): Promise<void> } {
  const closing = new AbortController();
  const backoff = createBackoff({ minMs: 100, maxMs: 5_000 });

  async function listenOnce(): Promise<void> {
    const client = new pg.Client({
      connectionString,
      connectionTimeoutMillis: 2_000,
      keepAlive: true,
      application_name: "shadowmesh-backbone-listener",
    });
    const ended = Promise.withResolvers<void>();
    client.once("end", ended.resolve);
    // It ends the connection; without a listener, it would end the process.
    client.on("error", () => ended.resolve());
    const stop = () => ended.resolve();
    closing.signal.addEventListener("abort", stop);
    client.on("notification", deps.onNews);
    try {
      await client.connect();
      await client.query(`LISTEN ${pg.escapeIdentifier(deps.channel)}`);
      backoff.reset();
      deps.onNews();
      await ended.promise;
    } finally {
      closing.signal.removeEventListener("abort", stop);
      await client.end().catch(() => undefined);
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      await listenOnce().catch((error: unknown) => deps.log.debug({ err: error }, "not listening to the database"));
      if (!closing.signal.aborted) await sleep(backoff.next(), closing.signal);
    }
  }

  const running = run();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}
