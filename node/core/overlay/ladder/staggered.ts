/** Starts one attempt; the signal aborts once its result is no longer wanted. */
export type Start<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Happy eyeballs (RFC 8305, section 5): starts the first, and the next one as soon as one has failed or `delayMs` has
 * passed, beside those that still run. The first that succeeds wins; those behind it are aborted, and those before it as
 * well, unless the better ones may go on.
 *
 * @throws AggregateError with all failures
 */
export function staggered<T>(
  starts: readonly Start<T>[],
  options: { delayMs: number; signal: AbortSignal; lettingBetterGoOn?: boolean },
): Promise<T> {
  const { delayMs, signal, lettingBetterGoOn = false } = options;
  const running = starts.map(() => new AbortController());
  const failures: unknown[] = [];
  let next = 0;
  let timer: NodeJS.Timeout | undefined;

  return new Promise((resolve, reject) => {
    const settle = (winner: number) => {
      clearTimeout(timer);
      next = starts.length;
      for (const [index, one] of running.entries()) {
        if (index > winner || (index < winner && !lettingBetterGoOn)) one.abort();
      }
    };
    const fail = (error: unknown) => {
      failures.push(error);
      if (failures.length === starts.length || (signal.aborted && failures.length >= next)) {
        settle(-1);
        reject(new AggregateError(failures));
      } else startNext();
    };
    const startNext = () => {
      clearTimeout(timer);
      const index = next;
      const start = starts[index];
      const own = running[index];
      if (start === undefined || own === undefined || signal.aborted) return;
      next++;
      timer = setTimeout(startNext, delayMs);
      start(AbortSignal.any([signal, own.signal])).then((result) => {
        settle(index);
        resolve(result);
      }, fail);
    };
    if (starts.length === 0 || signal.aborted) reject(new AggregateError([signal.reason]));
    else startNext();
  });
}
