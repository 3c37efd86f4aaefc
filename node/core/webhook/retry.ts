/** Attempts wait 15 s, 30 s, 1 min … at most an hour between each other. */
export const firstWaitMs = 15_000;
export const maxWaitMs = 3_600_000;
/** Then nobody has listened for a day, and what was to be told is given up. */
export const lifetimeMs = 24 * 3_600_000;

/** How long after an attempt the next one is due, where so many were made before. */
export const retryWaitMs = (attempts: number): number => Math.min(maxWaitMs, firstWaitMs * 2 ** Math.min(attempts, 20));
