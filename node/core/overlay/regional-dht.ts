import { type PeerInfo, peerDiscoverySymbol, type Startable, start, stop } from "@libp2p/interface";
import type { KadDHTComponents, KadDHTInit, SingleKadDHT } from "@libp2p/kad-dht";
import { type DhtServerDeps, dhtAmongServers } from "./dht-servers.ts";

/** The DHT of the region that this node stands in: a Kademlia of its own among the servers of that region alone. */
interface RegionalDht extends Startable {
  /** Null while the node stands in no region. */
  readonly current: SingleKadDHT | null;
  /** Leaves the region it was in. */
  join(region: string | null): Promise<void>;
  /** Whether to answer others' queries, in whatever region it is. */
  serve(serve: boolean): Promise<void>;
}

/** A region is known once the contract says it, long after libp2p has its services: so the DHT in it is made on demand. */
export function regionalDht(
  deps: DhtServerDeps,
  init: Pick<KadDHTInit, "validators" | "selectors" | "peerInfoMapper">,
) {
  return (components: KadDHTComponents): RegionalDht & { [peerDiscoverySymbol]: EventTarget } => {
    // libp2p remembers the addresses of the peers that its services tell of.
    const discovered = new EventTarget();
    let joined: { region: string; dht: SingleKadDHT } | null = null;
    let serving = false;

    const create = (region: string, protocol: string) => {
      const options = {
        ...init,
        protocol,
        logPrefix: "shadowmesh:kad:region",
        metricsPrefix: "shadowmesh_kad_region",
        datastorePrefix: `/regional-dht/${region}`,
        clientMode: !serving,
        allowQueryWithZeroPeers: true,
      };
      const dht = dhtAmongServers(deps, options, region)(components);
      dht.addEventListener("peer", (event) => {
        const { detail } = event as CustomEvent<PeerInfo>;
        discovered.dispatchEvent(new CustomEvent("peer", { detail }));
      });
      return dht;
    };

    /** The registrar tells a new DHT of peers that it meets from now on. */
    const meetConnected = async (protocol: string) => {
      const topologies = components.registrar.getTopologies(protocol);
      for (const connection of components.connectionManager.getConnections()) {
        const peer = await components.peerStore.get(connection.remotePeer).catch(() => null);
        if (peer?.protocols.includes(protocol) !== true || connection.limits !== undefined) continue;
        for (const topology of topologies) await topology.onConnect?.(connection.remotePeer, connection);
      }
    };

    const join = async (region: string | null) => {
      if (region === (joined?.region ?? null)) return;
      const left = joined;
      joined = null;
      if (left !== null) {
        await left.dht.setMode("client");
        await stop(left.dht);
      }
      if (region === null) return;
      const protocol = regionalProtocol(region);
      const dht = create(region, protocol);
      await start(dht);
      joined = { region, dht };
      await meetConnected(protocol);
    };

    return {
      get current() {
        return joined?.dht ?? null;
      },
      join,
      async serve(serve: boolean) {
        serving = serve;
        await joined?.dht.setMode(serve ? "server" : "client");
      },
      [peerDiscoverySymbol]: discovered,
      start: () => undefined,
      stop: () => join(null),
    };
  };
}

export const regionalProtocol = (region: string): string => `/shadowmesh/kad/${region}/1.0.0`;
