import {
  type CircuitRelayServerComponents,
  type CircuitRelayService,
  circuitRelayServer,
  circuitRelayTransport,
} from "@libp2p/circuit-relay-v2";
import type { Connection, PeerId, Stream, Transport } from "@libp2p/interface";
import type { Hex } from "viem";
import { toDuplex } from "./back-pressure.ts";
import type { Meter } from "./meter.ts";
import type { ParkedClients } from "./parking/index.ts";
import type { PeerIdentities } from "./pq-tls/index.ts";

/** What of the circuit transport's reservation store we use; its class is not exported. */
interface ReservationStore {
  addRelay(relay: PeerId, type: "configured"): Promise<unknown>;
  hasReservation(relay: PeerId): boolean;
  /** Relays that once failed; without the removal below they are refused for the life of the process. */
  relayFilter: { remove?(relay: Uint8Array): boolean };
  /** @param expire seconds since 1970 */
  getReservation(relay: PeerId): { readonly expire: bigint } | undefined;
}

/** What of the relay server we reach into; its class is not exported. */
interface RelayServer {
  handleReserve(hop: { connection: Connection }, options: object): Promise<void>;
  handleConnect(hop: Connect, options: { signal: AbortSignal }): Promise<void>;
  stopHop(...stop: unknown[]): Promise<Stream | undefined>;
}

/** Clients of ours that have to be woken before a circuit can be opened to them. */
export type ParkedPeers = Pick<ParkedClients, "peerIdOf" | "returning" | "wake">;

interface Connect {
  readonly connection: Connection;
  readonly stream: { unwrap(): Stream };
  /** The peer that is wanted, as the multihash of its ID. */
  readonly request: { readonly peer?: { readonly id: Uint8Array } };
}

/** Both ends of circuit relay v2 (libp2p specs, relay/circuit-v2.md), apart from the policy that uses them. */
export interface Circuit {
  /** Asks a relay that we are connected to for a reservation; renewed by itself while the connection lasts. */
  reserve(relay: PeerId, signal: AbortSignal): Promise<void>;
  hasReservation(relay: PeerId): boolean;
  /** When the reservation ends, unless it is renewed, in milliseconds since 1970; undefined where there is none. */
  expiresAtMs(relay: PeerId): number | undefined;
  /**
   * Relays for others until stopped; the meter is told of both directions of a circuit, for who dialled it, or for whom
   * `clientOf` names in its place. Clients that are parked are woken when somebody asks for them.
   */
  createServer(limits: { maxReservations: number }, meter: Meter, clientOf?: ClientOf): CircuitRelayService;
}

/** For whom what a peer has relayed counts. */
type ClientOf = (dialler: Hex) => Promise<Hex>;

/** The transport and the service to give to libp2p, and the circuit that they make together. */
export function createCircuit(identities: PeerIdentities, parked: ParkedPeers) {
  let store: ReservationStore | undefined;
  let components: CircuitRelayServerComponents | undefined;
  // One after the other: after each reservation the store drops what else waits in its queue, without an answer.
  let pending: Promise<void> = Promise.resolve();

  type TransportFactory = ReturnType<typeof circuitRelayTransport>;
  const transport: TransportFactory = (given) => {
    const created = circuitRelayTransport()(given);
    store = (created as Transport & { reservationStore: ReservationStore }).reservationStore;
    return created;
  };

  const circuit: Circuit = {
    reserve(relay, signal) {
      const next = pending.then(async () => {
        signal.throwIfAborted();
        // A public node that has just started or registered is no relay yet, and may be one in a second.
        store?.relayFilter.remove?.(relay.toMultihash().bytes);
        await Promise.race([store?.addRelay(relay, "configured"), rejectOnAbort(signal)]);
      });
      pending = next.catch(() => undefined);
      return next;
    },
    hasReservation: (relay) => store?.hasReservation(relay) ?? false,
    expiresAtMs(relay) {
      const seconds = store?.getReservation(relay)?.expire;
      return seconds === undefined ? undefined : Number(seconds) * 1_000;
    },
    createServer(limits, meter, clientOf = async (dialler) => dialler) {
      if (components === undefined) throw new Error("libp2p has not made its components yet");
      // Without a data limit: the default of 128 KiB would make a relayed connection useless for anything but a punch.
      const reservations = { maxReservations: limits.maxReservations, applyDefaultLimit: false };
      const server = circuitRelayServer({ reservations })(components);
      return withParking(withBackPressure(server, identities, { meter, clientOf }), identities, parked);
    },
  };

  const service = (given: CircuitRelayServerComponents) => {
    components = given;
    return circuit;
  };
  return { transport, service, circuit };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Gives the server both ends of each circuit as paced duplexes, which it joins as it would join the streams. */
function withBackPressure(
  service: CircuitRelayService,
  identities: PeerIdentities,
  { meter, clientOf }: { meter: Meter; clientOf: ClientOf },
) {
  const server = service as CircuitRelayService & RelayServer;
  const { handleConnect, stopHop } = server;
  server.handleConnect = async (hop, options) => {
    const dialler = identities.peerIdOf(hop.connection.remotePeer);
    // Never so while the dialler is connected: its handshake has proved an ID.
    if (dialler === undefined) throw new Error("the dialler has gone");
    const client = await clientOf(dialler);
    const paced = (stream: Stream) => toDuplex(stream, (bytes) => meter(client, bytes)) as unknown as Stream;
    const unwrap = () => paced(hop.stream.unwrap());
    // A server of its own for each circuit, so that its far end is known to belong to this dialler.
    const ofCircuit: RelayServer = Object.create(server, {
      stopHop: {
        value: async (...stop: unknown[]) => {
          const far = await stopHop.apply(server, stop);
          return far && paced(far);
        },
      },
    });
    const stream = Object.create(hop.stream, { unwrap: { value: unwrap } });
    return handleConnect.call(ofCircuit, { ...hop, stream }, options);
  };
  return server;
}

/** Has a parked client come before a circuit is opened to it; whoever reserves again is back. */
function withParking(
  server: CircuitRelayService & RelayServer,
  identities: PeerIdentities,
  parked: ParkedPeers,
): CircuitRelayService {
  const { handleConnect, handleReserve } = server;
  server.handleConnect = async (hop, options) => {
    const wanted = hop.request.peer === undefined ? undefined : parked.peerIdOf(hop.request.peer.id);
    // One that does not come is not connected: the server says so.
    if (wanted !== undefined) await parked.wake(wanted, options.signal).catch(() => undefined);
    return handleConnect.call(server, hop, options);
  };
  server.handleReserve = async (hop, options) => {
    const client = identities.peerIdOf(hop.connection.remotePeer);
    const isBack = client === undefined ? undefined : parked.returning(client);
    await handleReserve.call(server, hop, options);
    isBack?.();
  };
  return server;
}
