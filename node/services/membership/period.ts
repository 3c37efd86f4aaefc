/** Something that is due once in a while. */
export interface Period {
  /** True the first time, and then once in each period. A clock that was set back silences it no longer than that. */
  isDue(): boolean;
  /** A whole period from now on. */
  restart(): void;
}

export function createPeriod(lengthMs: () => number, now: () => number): Period {
  let [sinceMs, currentMs] = [now(), 0];
  const restart = () => {
    [sinceMs, currentMs] = [now(), lengthMs()];
  };
  return {
    isDue() {
      const ageMs = now() - sinceMs;
      if (ageMs >= 0 && ageMs < currentMs) return false;
      restart();
      return true;
    },
    restart,
  };
}
