import { setTimeout as delay } from "node:timers/promises";

/** Exponential back-off with full jitter (Brooker 2015, "Exponential backoff and jitter"). */
export interface Backoff {
  /** The next wait in milliseconds. */
  next(): number;
  /** After a success: starts over at the shortest wait. */
  reset(): void;
}

export function createBackoff(limits: { minMs: number; maxMs: number }, random: () => number = Math.random): Backoff {
  let attempt = 0;
  return {
    next() {
      const ceiling = Math.min(limits.maxMs, limits.minMs * 2 ** attempt++);
      return limits.minMs + random() * (ceiling - limits.minMs);
    },
    reset() {
      attempt = 0;
    },
  };
}

/** Waits; resolves early, without an error, when the signal aborts. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
