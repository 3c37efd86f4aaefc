import type { Connection } from "@libp2p/interface";
import type { Multiaddr } from "@multiformats/multiaddr";

/** What of libp2p's transport manager we use; its class is not exported. */
interface TransportManager {
  dial(address: Multiaddr, options: { signal: AbortSignal }): Promise<Connection>;
  dialTransportForMultiaddr(address: Multiaddr): object | undefined;
}

/** Dials one address, at once: libp2p's own queue takes a peer's addresses one after the other. */
export interface Dialer {
  dial(address: Multiaddr, signal: AbortSignal): Promise<Connection>;
  canDial(address: Multiaddr): boolean;
}

export function dialer() {
  return ({ transportManager }: { transportManager: TransportManager }): Dialer => ({
    dial: (address, signal) => transportManager.dial(address, { signal }),
    canDial: (address) => transportManager.dialTransportForMultiaddr(address) !== undefined,
  });
}
