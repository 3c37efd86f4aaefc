import type { PeerId, PeerInfo, Startable } from "@libp2p/interface";
import { type MulticastDNSComponents, mdns } from "@libp2p/mdns";
import { isLoopback } from "@libp2p/utils";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { timeoutSignal } from "../timeout-signal.ts";

/** Apart from every other libp2p network's (RFC 6763, section 7). */
const serviceTag = "_shadowmesh._udp.local";
/** Anybody on the network can name peers: so many are dialled at once, and one that failed not before this. */
const limits = { dials: 8, dialTimeoutMs: 5_000, failed: 256, retryMs: 60_000 } as const;

/** What of libp2p's components we use; their classes are not exported. */
interface LanComponents extends MulticastDNSComponents {
  peerStore: { merge(id: PeerId, data: { multiaddrs: Multiaddr[] }): Promise<unknown> };
  connectionManager: {
    getConnections(id: PeerId): unknown[];
    openConnection(id: PeerId, options: { signal: AbortSignal }): Promise<unknown>;
  };
}

/**
 * Finds the nodes of the local network by multicast DNS (RFC 6762) and connects to them, so that they have each other
 * without any other help. A node that listens on loopback alone is on no network, and multicasts nothing.
 */
export function lanPeers(config: { mdns: boolean; listen: readonly string[] }) {
  const onLan = config.mdns && config.listen.some((address) => !isLoopback(multiaddr(address)));
  return (components: LanComponents): Startable => {
    if (!onLan) return { start: () => undefined, stop: () => undefined };
    const stopping = new AbortController();
    const discovery = mdns({ serviceTag })(components);
    const failedAtMs = new Map<string, number>();
    let dials = 0;

    const dial = async ({ id, multiaddrs }: PeerInfo) => {
      await components.peerStore.merge(id, { multiaddrs });
      const signal = AbortSignal.any([stopping.signal, timeoutSignal(limits.dialTimeoutMs)]);
      await components.connectionManager.openConnection(id, { signal });
    };
    const meet = async (peer: PeerInfo) => {
      const key = peer.id.toString();
      const waits = performance.now() - (failedAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < limits.retryMs;
      if (waits || dials >= limits.dials || components.connectionManager.getConnections(peer.id).length > 0) return;
      dials++;
      failedAtMs.delete(key);
      try {
        await dial(peer);
      } catch {
        failedAtMs.set(key, performance.now());
        const [oldest] = failedAtMs.keys();
        if (failedAtMs.size > limits.failed && oldest !== undefined) failedAtMs.delete(oldest);
      } finally {
        dials--;
      }
    };
    discovery.addEventListener("peer", ({ detail }) => void meet(detail));
    const { start, stop } = discovery as unknown as Startable;
    return {
      start: () => start.call(discovery),
      async stop() {
        stopping.abort();
        await stop.call(discovery);
      },
    };
  };
}
