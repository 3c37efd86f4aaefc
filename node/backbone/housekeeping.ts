import type { Logger } from "pino";
import type { Service } from "../core/service.ts";

const intervalMs = 10_000;

/** Runs deletions from time to time; one that fails is tried again at the next turn. */
export function createHousekeeping(deps: { tasks: readonly (() => Promise<void>)[]; log: Logger }): Service {
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> | undefined;

  async function run(): Promise<void> {
    for (const task of deps.tasks) {
      await task().catch((error: unknown) => deps.log.warn({ err: error }, "housekeeping failed"));
    }
  }

  return {
    async start(signal) {
      signal.throwIfAborted();
      timer = setInterval(() => {
        turn ??= run().finally(() => {
          turn = undefined;
        });
      }, intervalMs);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await turn;
    },
  };
}
