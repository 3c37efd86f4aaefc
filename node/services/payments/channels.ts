import type { Address, Hex } from "viem";
import type { Channel } from "../../core/chain/index.ts";
import { keepNewest } from "../../core/keep-newest.ts";

/** Channels as the chain has them, or had them seconds ago; what it said last stands in while it is away. */
export type ReadChannel = (payer: Address, peerId: Hex, options: { fresh: boolean }) => Promise<Channel | null>;

const maxAgeMs = 10_000;
/** A peer that makes us ask the chain gets to do so once a second. */
const minAgeMs = 1_000;
const maxKnown = 1_000;

export function createChannels(
  read: (payer: Address, peerId: Hex) => Promise<Channel | null>,
  now: () => number,
): ReadChannel {
  const known = new Map<string, { channel: Channel | null; readAtMs: number }>();
  return async (payer, peerId, { fresh }) => {
    const key = `${payer} ${peerId}`.toLowerCase();
    const entry = known.get(key);
    if (entry !== undefined && now() - entry.readAtMs < (fresh ? minAgeMs : maxAgeMs)) return entry.channel;
    try {
      const channel = await read(payer, peerId);
      keepNewest(known, key, { channel, readAtMs: now() }, maxKnown);
      return channel;
    } catch (error) {
      if (entry === undefined) throw error;
      return entry.channel;
    }
  };
}
