import type { PeerId } from "@libp2p/interface";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../errors.ts";
import { overlayErrors } from "../errors.ts";

/**
 * Which 20-byte peer ID each connected libp2p peer has proved. A node key that shows a second ML-DSA key while it is
 * connected is refused: one libp2p peer is one ShadowMesh peer.
 */
export interface PeerIdentities {
  /**
   * Notes what a connection's handshake has proved. It counts until what this returns is called, at the connection's
   * end; another connection of the same peer has its own.
   *
   * @throws WRONG_PEER
   */
  prove(libp2pId: PeerId, peerId: Hex): () => void;
  /** By the libp2p peer ID or its text: to make one of the other decompresses a point of the curve (0.15 ms). */
  peerIdOf(libp2pId: PeerId | string): Hex | undefined;
}

export function createPeerIdentities(): PeerIdentities {
  const proved = new Map<string, { peerId: Hex; connections: Set<symbol> }>();
  return {
    prove(libp2pId, peerId) {
      const key = libp2pId.toString();
      const known = proved.get(key) ?? { peerId, connections: new Set() };
      if (known.peerId !== peerId) {
        throw new ShadowMeshError(overlayErrors.WRONG_PEER, { details: { known: known.peerId, shown: peerId } });
      }
      const connection = Symbol(peerId);
      known.connections.add(connection);
      proved.set(key, known);
      return () => {
        if (known.connections.delete(connection) && known.connections.size === 0) proved.delete(key);
      };
    },
    peerIdOf: (libp2pId) => proved.get(libp2pId.toString())?.peerId,
  };
}
