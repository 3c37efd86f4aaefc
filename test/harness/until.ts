import { setTimeout as delay } from "node:timers/promises";

/** Asks again until the answer is the wanted one: for what another part does in its own time. */
export async function until<T>(
  ask: () => T | Promise<T>,
  isWanted: (answer: T) => unknown = Boolean,
  timeoutMs = 60_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer as NonNullable<T>;
    if (Date.now() > deadline) throw new Error(`after ${timeoutMs} ms still ${JSON.stringify(answer)}`);
    await delay(10);
  }
}
