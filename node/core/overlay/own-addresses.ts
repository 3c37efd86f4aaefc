import type { Libp2p } from "@libp2p/interface";
import type { Multiaddr } from "@multiformats/multiaddr";
import { pathOf } from "./peer-connection.ts";

/** What of libp2p's address manager we use; its class is not exported. */
interface AddressManager {
  getAddressesWithMetadata(): { multiaddr: Multiaddr; type: string; verified: boolean }[];
  confirmObservedAddr(address: Multiaddr, options: { type: "transport"; ttl: number }): void;
}

export interface OwnAddresses {
  /** Vouches for the addresses that we listen on now; the interfaces of a machine come and go. */
  confirm(): void;
}

/**
 * libp2p tells others a public address that it listens on only once AutoNAT has confirmed it. Here the chain says who is
 * a public node, and backbones probe whether it is: what we listen on is told from the start.
 */
export function ownAddresses() {
  return ({ addressManager, events }: { addressManager: AddressManager; events: EventTarget }): OwnAddresses => {
    const confirm = () => {
      for (const { multiaddr, type, verified } of addressManager.getAddressesWithMetadata()) {
        if (type === "transport" && !verified) {
          addressManager.confirmObservedAddr(multiaddr, { type, ttl: Number.POSITIVE_INFINITY });
        }
      }
    };
    events.addEventListener("transport:listening", confirm);
    return { confirm };
  };
}

/**
 * Whether another node has dialled us, without a relay, since our addresses are what they are: under others somebody has
 * yet to.
 */
export function watchDials(node: Pick<Libp2p, "addEventListener">, addresses: () => string[]): () => boolean {
  let dialledAt: string | undefined;
  node.addEventListener("connection:open", ({ detail }) => {
    const byPeer = detail.direction === "inbound" && pathOf(detail.remoteAddr.toString()) === "direct";
    if (byPeer) dialledAt = addresses().join();
  });
  return () => dialledAt === addresses().join();
}
