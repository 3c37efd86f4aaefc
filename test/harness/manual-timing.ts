import type { Timing } from "../../node/core/overlay/parking/protocol.ts";

/** A clock that a test moves; what is due on the way runs. */
export function createManualTiming(): Timing & { advance(ms: number): void } {
  let nowMs = 0;
  const timers = new Set<{ dueMs: number; readonly ms: number; readonly run: () => void }>();
  return {
    now: () => nowMs,
    every(ms, run) {
      const timer = { dueMs: nowMs + ms, ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = [...timers].sort((a, b) => a.dueMs - b.dueMs);
        if (next === undefined || next.dueMs > endMs) break;
        nowMs = next.dueMs;
        next.dueMs += next.ms;
        next.run();
      }
      nowMs = endMs;
    },
  };
}
