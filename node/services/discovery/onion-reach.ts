import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import { byLot } from "../../core/nearest.ts";
import { type Overlay, onionErrors, overlayErrors, type PeerConnection } from "../../core/overlay/index.ts";
import type { NodeRecord } from "../../core/records/index.ts";
import type { Lookup } from "./lookup.ts";

/** Other relays are taken where one of a path fails. */
const maxTries = 3;

export interface OnionConnection {
  readonly connection: PeerConnection;
  /** In the order in which they pass it on. */
  readonly relays: Hex[];
}

/**
 * A connection through so many relays, of which each knows its neighbours alone; its caller closes it.
 *
 * @throws TOO_FEW_RELAYS, HOP_REFUSED, PAYMENT_REQUIRED, PEER_NOT_FOUND, LOOKUP_UNAVAILABLE, PEER_UNREACHABLE
 */
export type OnionReach = (peerId: Hex, hops: number, signal: AbortSignal) => Promise<OnionConnection>;

/**
 * Leads paths through public nodes of the contract's list, taken by chance: nobody can place itself on one. Better scored
 * ones are taken more often; who is near is not asked, since that would tell whose path it is.
 */
export function createOnionReach(deps: {
  self: Hex;
  lookup: Lookup;
  overlay: Pick<Overlay, "connectThrough">;
  directory: {
    /** Public nodes that relay. */
    list(): Promise<{ readonly ours: readonly Hex[]; readonly others: readonly Hex[] }>;
    /** How much more often each is taken. */
    weigh(relays: readonly Hex[]): Promise<(relay: Hex) => number>;
  };
  /** Relays that are not taken, since they lied. */
  avoids(relay: Hex): boolean;
  random?: () => number;
}): OnionReach {
  const candidates = async (peerId: Hex) => {
    const { ours, others } = await deps.directory.list();
    const usable = [...new Set([...ours, ...others])].filter(
      (relay) => relay !== deps.self && relay !== peerId && !deps.avoids(relay),
    );
    return byLot(usable, { weight: await deps.directory.weigh(usable), random: deps.random });
  };

  /** The next of the candidates that are found. */
  const takeRelays = async (from: Hex[], hops: number, signal: AbortSignal): Promise<NodeRecord[]> => {
    const taken: NodeRecord[] = [];
    while (taken.length < hops && from.length > 0) {
      const batch = from.splice(0, hops - taken.length);
      const found = await Promise.all(batch.map((relay) => deps.lookup(relay, signal).catch(() => null)));
      taken.push(...found.flatMap((one) => (one === null ? [] : [one.record])));
    }
    return taken;
  };

  return async (peerId, hops, signal) => {
    const { record } = await deps.lookup(peerId, signal);
    const all = await candidates(peerId);
    let left = [...all];
    for (let attempt = 1; ; attempt++) {
      const relays = await takeRelays(left, hops, signal);
      if (relays.length < hops) {
        throw new ShadowMeshError(onionErrors.TOO_FEW_RELAYS, { details: { hops, relays: all.length } });
      }
      try {
        const connection = await deps.overlay.connectThrough(relays, record, signal);
        return { connection, relays: relays.map((relay) => relay.peerId) };
      } catch (error) {
        const final = attempt === maxTries || ShadowMeshError.is(error, overlayErrors.PAYMENT_REQUIRED);
        if (final || signal.aborted) throw error;
        // Those not tried yet first; where there are too few, all once more, in another order.
        if (left.length < hops) left = await candidates(peerId);
      }
    }
  };
}
