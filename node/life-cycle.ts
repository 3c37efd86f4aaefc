import { setTimeout as delay } from "node:timers/promises";
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

/** A part that has not stopped by then, and has asked for no more time, is left to the end of the process. */
const defaultStopTimeoutMs = 5_000;

/** Stops services in reverse; one that fails or hangs does not keep the others from stopping. */
export async function stopAll(services: readonly Service[], log: Logger): Promise<void> {
  for (const service of [...services].reverse()) {
    const limit = new AbortController();
    const { stopTimeoutMs = defaultStopTimeoutMs } = service;
    const late = delay(stopTimeoutMs, undefined, { signal: limit.signal }).then(() => {
      throw new Error(`it did not stop within ${stopTimeoutMs} ms`);
    });
    await Promise.race([service.stop(), late]).catch((error: unknown) => {
      log.error({ err: error }, "a part did not stop cleanly");
    });
    limit.abort();
    await late.catch(() => undefined);
  }
}
