import type { PeerId } from "@libp2p/interface";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../errors.ts";
import { overlayErrors } from "../errors.ts";

/**
 * Which 20-byte peer ID each connected libp2p peer has proved. A node key that shows a second ML-DSA key while it is
 * connected is refused: one libp2p peer is one ShadowMesh peer.
 */
export interface PeerIdentities {
  /** @throws WRONG_PEER */
  prove(libp2pId: PeerId, peerId: Hex): void;
  peerIdOf(libp2pId: PeerId): Hex | undefined;
  forget(libp2pId: PeerId): void;
}

export function createPeerIdentities(): PeerIdentities {
  const proved = new Map<string, Hex>();
  return {
    prove(libp2pId, peerId) {
      const known = proved.get(libp2pId.toString());
      if (known !== undefined && known !== peerId) {
        throw new ShadowMeshError(overlayErrors.WRONG_PEER, { details: { known, shown: peerId } });
      }
      proved.set(libp2pId.toString(), peerId);
    },
    peerIdOf: (libp2pId) => proved.get(libp2pId.toString()),
    forget: (libp2pId) => void proved.delete(libp2pId.toString()),
  };
}
