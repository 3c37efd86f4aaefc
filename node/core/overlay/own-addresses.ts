import type { Libp2p } from "@libp2p/interface";
import { isPrivate } from "@libp2p/utils";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { isRelayed, pathOf } from "./peer-connection.ts";

/** What of libp2p's address manager we use; its class is not exported. */
interface AddressManager {
  getAddressesWithMetadata(): { multiaddr: Multiaddr; type: string; verified: boolean }[];
  confirmObservedAddr(address: Multiaddr, options: { type: "transport"; ttl: number }): void;
}

interface OwnAddressesComponents {
  addressManager: AddressManager;
  transportManager: { getAddrs(): Multiaddr[] };
  events: EventTarget;
}

export interface OwnAddresses {
  /** Where connections come in, whatever is announced. */
  listening(): Multiaddr[];
  /** Vouches for the addresses that we listen on now; the interfaces of a machine come and go. */
  confirm(): void;
}

/**
 * libp2p tells others a public address that it listens on only once AutoNAT has confirmed it. Here the chain says who is
 * a public node, and backbones probe whether it is: what we listen on is told from the start.
 */
export function ownAddresses() {
  return ({ addressManager, transportManager, events }: OwnAddressesComponents): OwnAddresses => {
    const confirm = () => {
      for (const { multiaddr: own, type, verified } of addressManager.getAddressesWithMetadata()) {
        if (type === "transport" && !verified) {
          addressManager.confirmObservedAddr(own, { type, ttl: Number.POSITIVE_INFINITY });
        }
      }
    };
    events.addEventListener("transport:listening", confirm);
    return { confirm, listening: () => transportManager.getAddrs() };
  };
}

/** Own addresses as they are now, without those through relays. */
export function directAddresses(
  node: Pick<Libp2p, "getMultiaddrs"> & { services: { ownAddresses: OwnAddresses } },
): string[] {
  node.services.ownAddresses.confirm();
  return node
    .getMultiaddrs()
    .map((address) => address.toString())
    .filter((address) => !isRelayed(address));
}

/** Each once, and those that lead here from anywhere before those of local networks: a record has room for a few alone. */
export function publicFirst(addresses: readonly string[]): string[] {
  const isLocal = (address: string) => Number(isPrivate(multiaddr(address)));
  return [...new Set(addresses)].sort((a, b) => isLocal(a) - isLocal(b));
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
