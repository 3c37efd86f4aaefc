import type { Hex } from "viem";
import { keepNewest } from "../../keep-newest.ts";
import type { Path } from "../../schema.ts";

/** What became of one way to a peer. */
export interface Attempt {
  readonly rung: Path;
  /** Null where none was known before it failed. */
  readonly address: string | null;
  readonly relay: Hex | null;
  /** `abandoned`: another way was faster, or whoever asked gave up. */
  readonly outcome: "opened" | "failed" | "abandoned";
  /** The code and the sentence of the failure. */
  readonly failure: { readonly code: string; readonly reason: string; readonly action: string } | null;
  readonly elapsedMs: number;
  readonly atMs: number;
}

/** For people who ask why: the last days of a network, not its history. */
const limits = { peers: 256, perPeer: 24 };

/** The last attempts at each of the peers that were tried last, in memory. */
export interface Attempts {
  add(peerId: Hex, attempt: Attempt): void;
  /** The newest first. */
  of(peerId: Hex): readonly Attempt[];
}

export function createAttempts(): Attempts {
  const kept = new Map<Hex, readonly Attempt[]>();
  return {
    add(peerId, attempt) {
      const list = [attempt, ...(kept.get(peerId) ?? [])].slice(0, limits.perPeer);
      keepNewest(kept, peerId, list, limits.peers);
    },
    of: (peerId) => kept.get(peerId) ?? [],
  };
}
