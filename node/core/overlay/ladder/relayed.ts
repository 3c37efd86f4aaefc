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

/** For so long a relay that led nowhere is tried after the others. */
const failureMemoryMs = 60_000;
/** Two ends that avoid different relays would take turns for ever: after each move to a peer it is twice as long to the next. */
const turns = { minMs: 10_000, maxMs: 24 * 60 * 60_000 } as const;
/** Relays, and peers, that are remembered at the most. */
const maxRemembered = 256;

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
  const failed = createMemory(() => failureMemoryMs);
  const moved = createMemory((lastMs) => Math.min(2 * (lastMs ?? turns.minMs / 2), turns.maxMs));

  const wayThrough = (relayId: string, circuits: readonly Multiaddr[], peer: PeerId, leaves: boolean): Way => {
    const circuit = circuits[0] as Multiaddr;
    return {
      address: circuit.toString(),
      relay: () => deps.identities.peerIdOf(relayId) ?? null,
      timeoutMs,
      async open(signal) {
        const addresses = circuits.map((address) => multiaddr(address.toString().split("/p2p-circuit")[0]));
        await deps.connectRelay(addresses, signal).catch((cause: unknown) => {
          signal.throwIfAborted();
          failed.add(relayId);
          const details = { relay: relayId, peer: peer.toString(), reason: String(cause) };
          throw new ShadowMeshError(ladderErrors.RELAY_UNREACHABLE, { details, cause });
        });
        const connection = await deps.dialer.dial(circuit, signal);
        if (leaves) moved.add(peer.toString());
        return connection;
      },
    };
  };

  const isAvoided = ({ address }: PeerConnection) => deps.avoids(libp2pIdOfRelay(address) ?? "");

  return {
    name: "relayed",
    isOutdone: (open) => isAvoided(open) && !moved.has(open.libp2p.remotePeer.toString()),
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
        .sort((a, b) => Number(failed.has(a)) - Number(failed.has(b)))
        .map((id) => wayThrough(id, byRelay.get(id) ?? [], libp2pId, isThrough));
    },
  };
}

/** Remembers each for a time, which may depend on the time that it was remembered for before. */
function createMemory(durationMs: (lastMs: number | undefined) => number) {
  const entries = new Map<string, { untilMs: number; forMs: number }>();
  return {
    has: (id: string) => performance.now() < (entries.get(id)?.untilMs ?? 0),
    add(id: string) {
      const last = entries.get(id);
      // Long over, it is as if it had not been.
      const isRecent = last !== undefined && performance.now() < last.untilMs + last.forMs;
      const forMs = durationMs(isRecent ? last.forMs : undefined);
      entries.delete(id);
      entries.set(id, { untilMs: performance.now() + forMs, forMs });
      const [oldest] = entries.keys();
      if (entries.size > maxRemembered && oldest !== undefined) entries.delete(oldest);
    },
  };
}
