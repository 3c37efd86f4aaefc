import type { Connection, PeerId } from "@libp2p/interface";
import { peerIdFromString } from "@libp2p/peer-id";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { ShadowMeshError } from "../../errors.ts";
import { byLot, byNearness } from "../../nearest.ts";
import { isRelayed, libp2pIdOfRelay, type PeerConnection } from "../peer-connection.ts";
import type { PeerIdentities } from "../pq-tls/index.ts";
import type { Dialer } from "./dialer.ts";
import { toMultiaddrs } from "./direct.ts";
import { ladderErrors } from "./errors.ts";
import type { Rung, Way } from "./rung.ts";

/** For so long a relay that led nowhere is tried after the others; so many are remembered. */
const failureMemory = { ms: 60_000, relays: 256 } as const;

/** Two connections after one another, the relay's and the one through it. */
const timeoutMs = 10_000;

export interface RelayedRungDeps {
  identities: PeerIdentities;
  dialer: Dialer;
  /** Connects to a relay, or gives the connection that is open. */
  connectRelay(addresses: Multiaddr[], signal: AbortSignal): Promise<Connection>;
  /** The round trip to a connected peer in milliseconds; undefined while it is not known, or not connected. */
  roundTripMs(peer: PeerId): number | undefined;
  /** Whether circuits through a relay are dialled only where there are no others. */
  avoids(libp2pId: string): boolean;
}

/** The last rung that needs no consent: a relay that holds a reservation for the peer. */
export function createRelayedRung(deps: RelayedRungDeps): Rung {
  const failedAtMs = new Map<string, number>();
  const hasFailed = (relayId: string) =>
    performance.now() - (failedAtMs.get(relayId) ?? Number.NEGATIVE_INFINITY) < failureMemory.ms;
  const remember = (relayId: string) => {
    failedAtMs.delete(relayId);
    failedAtMs.set(relayId, performance.now());
    const [oldest] = failedAtMs.keys();
    if (failedAtMs.size > failureMemory.relays && oldest !== undefined) failedAtMs.delete(oldest);
  };

  const wayThrough = (relayId: string, circuits: readonly Multiaddr[], peer: PeerId): Way => {
    const circuit = circuits[0] as Multiaddr;
    return {
      address: circuit.toString(),
      relay: () => deps.identities.peerIdOf(relayId) ?? null,
      timeoutMs,
      async open(signal) {
        const addresses = circuits.map((address) => multiaddr(address.toString().split("/p2p-circuit")[0]));
        await deps.connectRelay(addresses, signal).catch((cause: unknown) => {
          signal.throwIfAborted();
          remember(relayId);
          const details = { relay: relayId, peer: peer.toString(), reason: String(cause) };
          throw new ShadowMeshError(ladderErrors.RELAY_UNREACHABLE, { details, cause });
        });
        return deps.dialer.dial(circuit, signal);
      },
    };
  };

  const isAvoided = ({ address }: PeerConnection) => deps.avoids(libp2pIdOfRelay(address) ?? "");

  return {
    name: "relayed",
    isOutdone: isAvoided,
    plan({ record, libp2pId, open }) {
      const circuits = toMultiaddrs(record.addresses.filter(isRelayed), libp2pId).filter((address) =>
        deps.dialer.canDial(address),
      );
      const byRelay = Map.groupBy(circuits, (address) => libp2pIdOfRelay(address.toString()) ?? "");
      byRelay.delete("");
      const ids = [...byRelay.keys()];
      const trusted = ids.filter((id) => !deps.avoids(id));
      // Who is through to the peer already needs no other way that is as bad.
      const isThrough = open !== undefined && open.path === "relayed" && isAvoided(open);
      const usable = trusted.length > 0 || isThrough ? trusted : ids;
      if (usable.length === 0) return new ShadowMeshError(ladderErrors.NO_RELAY);
      // A relay that we are connected to costs one handshake less. The peer has taken near and well scored ones: of those
      // whose way from here is not known any may be the best, and by lot each of them bears its share.
      const nearestFirst = byNearness(byLot(usable), (id) => deps.roundTripMs(peerIdFromString(id)));
      return nearestFirst
        .sort((a, b) => Number(hasFailed(a)) - Number(hasFailed(b)))
        .map((id) => wayThrough(id, byRelay.get(id) ?? [], libp2pId));
    },
  };
}
