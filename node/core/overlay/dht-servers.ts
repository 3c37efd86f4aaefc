import { isPeerId, type PeerId } from "@libp2p/interface";
import { type KadDHTComponents, type KadDHTInit, kadDHT, type SingleKadDHT } from "@libp2p/kad-dht";
import type { Hex } from "viem";
import { ShadowMeshError } from "../errors.ts";
import { overlayErrors } from "./errors.ts";
import type { PeerIdentities } from "./pq-tls/index.ts";

/** Whether a peer is one that serves the DHT of a region; null for the global one. */
export type MayServeDht = (peerId: Hex, region: string | null) => Promise<boolean>;

export interface DhtServerDeps {
  identities: PeerIdentities;
  /** @default everybody who says so */
  mayServeDht?: MayServeDht;
}

/** What of a DHT we use beyond its interface: its class is not exported. */
type Dht = SingleKadDHT &
  EventTarget & {
    routingTable: { remove(peer: PeerId): Promise<void>; readonly closestPeerTagger: { refreshInterval: number } };
  };

/**
 * How wide a question is, much below js-libp2p's defaults, which are those of a network that anybody may leave at any time.
 * Servers here have a stake, and records are renewed twice an hour: eight copies in each view outlive a quarter of them.
 * Three disjoint paths with one question each under way: ten by ten ask all of the nearest servers at once, of which the
 * first has the answer. A server that is silent holds up its path alone. The cost is the square of the width: each answer
 * names so many servers, and to read a name of one is to decompress a point of the curve (0.15 ms).
 */
const width = { kBucketSize: 8, disjointPaths: 3, alpha: 1 };
/** Servers that a record is put to: those nearest to its key. */
export const recordCopies = width.kBucketSize;

/**
 * How often a DHT looks which of its peers are the nearest now. It takes a fifth of an idle node's processor every five
 * seconds, its default, which is no option: each look reads the names of up to forty peers twice.
 */
const tagNearestMs = 60_000;

/**
 * A DHT among those that may serve it: nobody else gets into its routing table, or is asked. Keys are free, and so are all
 * places near somebody's key: without this anybody could take them, and withhold that node's records.
 */
export function dhtAmongServers(deps: DhtServerDeps, init: KadDHTInit, region: string | null = null) {
  const { identities, mayServeDht = async () => true } = deps;
  return (components: KadDHTComponents): Dht => {
    const requireServer = async (peer: unknown) => {
      if (!isPeerId(peer)) return;
      const peerId = identities.peerIdOf(peer);
      if (peerId !== undefined && (await mayServeDht(peerId, region))) return;
      // One that the contract listed once must not keep a place that another could have.
      await dht.routingTable.remove(peer);
      throw new ShadowMeshError(overlayErrors.NOT_A_DHT_SERVER, { details: { peerId, region } });
    };
    const ping: KadDHTComponents["ping"] = {
      // What kad-dht does before it takes a peer into its table.
      async ping(peer, options) {
        const roundTripMs = await components.ping.ping(peer, options);
        await requireServer(peer);
        return roundTripMs;
      },
    };
    const connectionManager: Pick<KadDHTComponents["connectionManager"], "isDialable" | "openStream"> = {
      isDialable: (...asked) => components.connectionManager.isDialable(...asked),
      async openStream(peer, protocol, options) {
        const stream = await components.connectionManager.openStream(peer, protocol, options);
        try {
          await requireServer(peer);
          return stream;
        } catch (error) {
          stream.abort(error as Error);
          throw error;
        }
      },
    };
    // All else is found by its name when it is used: some of it is not there yet.
    const guarded = Object.create(components, {
      ping: { value: ping },
      connectionManager: { value: connectionManager },
    }) as KadDHTComponents;
    const dht = kadDHT({ ...init, ...width })(guarded) as Dht;
    dht.routingTable.closestPeerTagger.refreshInterval = tagNearestMs;
    return dht;
  };
}
