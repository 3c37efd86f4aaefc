import { publicKeyFromRaw } from "@libp2p/crypto/keys";
import type { PeerId } from "@libp2p/interface";
import { peerIdFromPublicKey } from "@libp2p/peer-id";
import type { NodeRecord } from "../records/index.ts";

/** The libp2p peer ID of a record's node key. */
export function libp2pIdOf(record: NodeRecord): PeerId {
  return peerIdFromPublicKey(publicKeyFromRaw(record.nodePublicKey));
}
