import type { Service } from "./service.ts";

/** A service whose work is one loop. */
export interface Loop extends Service {
  /** Aborts when the service stops. */
  readonly stopping: AbortSignal;
}

/** Makes a service of a loop that ends soon after `stopping` aborts, and never rejects. */
export function createLoop(run: () => Promise<void>): Loop {
  const controller = new AbortController();
  let running: Promise<void> | undefined;
  return {
    stopping: controller.signal,
    async start(signal) {
      signal.throwIfAborted();
      running = run();
    },
    async stop() {
      controller.abort();
      await running;
    },
  };
}
