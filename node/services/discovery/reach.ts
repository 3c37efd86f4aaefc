import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import type { Overlay, PeerConnection } from "../../core/overlay/index.ts";
import { traced } from "../../core/tracing/index.ts";
import { discoveryErrors } from "./errors.ts";
import type { Lookup } from "./lookup.ts";

/**
 * An open connection to a peer, however it can be had.
 *
 * @throws PEER_IS_SELF, PEER_NOT_FOUND, LOOKUP_UNAVAILABLE, PEER_UNREACHABLE, WRONG_PEER
 */
export type Reach = (peerId: Hex, signal: AbortSignal) => Promise<PeerConnection>;

/** Looks a peer up and connects; where a record leads nowhere, once more with the newest that any source has. */
export function createReach(deps: {
  self: Hex;
  lookup: Lookup;
  overlay: Pick<Overlay, "cache" | "connect" | "connectionTo">;
}): Reach {
  const reach: Reach = async (peerId, signal) => {
    if (peerId === deps.self) throw new ShadowMeshError(discoveryErrors.PEER_IS_SELF, { details: { peerId } });
    const open = deps.overlay.connectionTo(peerId);
    if (open !== undefined) return open;
    const first = await deps.lookup(peerId, signal);
    try {
      return await deps.overlay.connect(first.record, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      deps.overlay.cache.remove(peerId);
      const second = await deps.lookup(peerId, signal, { fresh: true });
      if (second.record.sequence <= first.record.sequence) throw error;
      return deps.overlay.connect(second.record, signal);
    }
  };
  return (...asked) =>
    traced(
      "reach",
      () => reach(...asked),
      ({ path }) => ({ "connection.path": path }),
    );
}
