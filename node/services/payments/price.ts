/** The contract's price as it was read last, and the highest of the last minutes. */
export interface Price {
  /** In wei; null before it was read. */
  readonly current: bigint | null;
  readonly highest: bigint | null;
  /** Reads it; what was read before stands in where the chain is away. */
  refresh(): Promise<void>;
  /** Reads it where the last reading is older than so many milliseconds. */
  refreshAfter(ms: number): Promise<void>;
}

/** Both sides read the price by themselves, and neither at the block where it changes. */
const rememberMs = 10 * 60_000;

export function createPrice(read: () => Promise<bigint>, now: () => number): Price {
  let readings: { wei: bigint; atMs: number }[] = [];
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  const refresh = () => {
    triedAtMs = now();
    reading ??= read()
      .then((wei) => {
        const others = readings.filter((one) => one.wei !== wei && now() - one.atMs < rememberMs);
        readings = [...others, { wei, atMs: now() }];
      })
      .catch(() => undefined)
      .finally(() => {
        reading = null;
      });
    return reading;
  };

  return {
    get current() {
      return readings.at(-1)?.wei ?? null;
    },
    get highest() {
      return readings.reduce<bigint | null>((most, { wei }) => (most === null || wei > most ? wei : most), null);
    },
    refresh,
    refreshAfter: (ms) => (now() - triedAtMs < ms ? Promise.resolve() : refresh()),
  };
}
