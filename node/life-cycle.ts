import type { Logger } from "pino";
import type { Service } from "./core/service.ts";

/** Starts services in order; where one fails, stops those that run, in reverse, and throws its error. */
export async function startAll(services: readonly Service[], signal: AbortSignal, log: Logger): Promise<void> {
  const started: Service[] = [];
  try {
    for (const service of services) {
      started.push(service);
      await service.start(signal);
    }
  } catch (error) {
    await stopAll(started, log);
    throw error;
  }
}

/** Stops services in reverse; one that fails does not keep the others from stopping. */
export async function stopAll(services: readonly Service[], log: Logger): Promise<void> {
  for (const service of [...services].reverse()) {
    await service.stop().catch((error: unknown) => log.error({ err: error }, "a part did not stop cleanly"));
  }
}
