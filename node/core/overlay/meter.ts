import type { Hex } from "viem";

/**
 * Told of bytes that a relay passes on for a client, as they pass; a promise holds what comes next of the same splice
 * or circuit back until it resolves.
 */
export type Meter = (client: Hex, bytes: number) => Promise<void> | undefined;
