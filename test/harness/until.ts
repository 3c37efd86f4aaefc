import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks again until the answer is the wanted one: for what another part does in its own time. The longer that takes, the
 * rarer it is asked, for what is asked is often a process that has to do just that.
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  isWanted: (answer: T) => unknown = Boolean,
  timeoutMs = 60_000,
): Promise<NonNullable<T>> {
  const startedAtMs = Date.now();
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer as NonNullable<T>;
    const elapsedMs = Date.now() - startedAtMs;
    if (elapsedMs > timeoutMs) throw new Error(`after ${timeoutMs} ms still ${JSON.stringify(answer)}`);
    await delay(Math.min(10 + elapsedMs / 10, 250));
  }
}
