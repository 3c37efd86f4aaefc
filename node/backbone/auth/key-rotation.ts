/** A key is published so long before it signs: others keep the key set for five minutes, instances for half of one. */
export const settleMs = 10 * 60_000;
/** A session token lasts a day; an hour more for clocks that differ. */
const retiredForMs = 25 * 3_600_000;

interface Dated {
  readonly kid: string;
  readonly createdAtMs: number;
}

/** Newest first. */
export const byAge = (a: Dated, b: Dated) => b.createdAtMs - a.createdAtMs || a.kid.localeCompare(b.kid);

/** The key to sign with: the newest that everybody can know by now, or else the oldest there is. */
export function signingKey<K extends Dated>(newestFirst: readonly K[], nowMs: number): K | undefined {
  return newestFirst.find(({ createdAtMs }) => createdAtMs <= nowMs - settleMs) ?? newestFirst.at(-1);
}

/** Whether the newest key has signed for long enough. */
export function isRotationDue(newestFirst: readonly Dated[], rotateAfterMs: number, nowMs: number): boolean {
  const [newest] = newestFirst;
  return newest === undefined || newest.createdAtMs <= nowMs - rotateAfterMs;
}

/** Keys of which no token can be valid any more: another has signed for longer than a token lasts. */
export function outlived<K extends Dated>(newestFirst: readonly K[], nowMs: number): K[] {
  const successor = newestFirst.findIndex(({ createdAtMs }) => createdAtMs + settleMs + retiredForMs <= nowMs);
  return successor === -1 ? [] : newestFirst.slice(successor + 1);
}
