/** The terms that both sides hold each other to; the price is the contract's. */

/** More than so many bytes' worth unpaid, and a relay asks for it. */
export const askBytes = 16 * 2 ** 20;
/** More than so many bytes' worth unpaid, and a relay holds the client's bytes back. */
export const graceBytes = 64 * 2 ** 20;
/** Held back for so long, the client's splices and circuits end. */
export const heldTimeoutMs = 30_000;
/** What a relay may count beyond a client: what it took from the far end and the client never read, for one. */
export const toleratedBytes = 16 * 2 ** 20;
export const toleratedPercent = 2n;
/** Changes are written after so many bytes, or a second. */
export const saveBytes = 16 * 2 ** 20;
/** How long a relay is avoided after it lied. */
export const avoidMs = 24 * 60 * 60_000;

const gibibyte = 2n ** 30n;

export const worthWei = (bytes: number, pricePerGiBWei: bigint): bigint => (BigInt(bytes) * pricePerGiBWei) / gibibyte;

/** Days since 1970-01-01, UTC. */
export const utcDay = (nowMs: number): number => Math.floor(nowMs / (24 * 60 * 60_000));
