import {
  type CircuitRelayServerComponents,
  type CircuitRelayService,
  circuitRelayServer,
  circuitRelayTransport,
} from "@libp2p/circuit-relay-v2";
import type { Connection, PeerId, Stream, Transport } from "@libp2p/interface";

import { toDuplex } from "./back-pressure.ts";
import type { Meter } from "./meter.ts";
import type { PeerIdentities } from "./pq-tls/index.ts";

/** What of the circuit transport's reservation store we use; its class is not exported. */
interface ReservationStore {
  addRelay(relay: PeerId, type: "configured"): Promise<unknown>;
  hasReservation(relay: PeerId): boolean;
  /** Relays that once failed; without the removal below they are refused for the life of the process. */
  relayFilter: { remove?(relay: Uint8Array): boolean };
}

/** What of the relay server we reach into; its class is not exported. */
interface RelayServer {
  handleConnect(hop: { connection: Connection; stream: { unwrap(): Stream } }, options: object): Promise<void>;
  stopHop(...stop: unknown[]): Promise<Stream | undefined>;
}

/** Both ends of circuit relay v2 (libp2p specs, relay/circuit-v2.md), apart from the policy that uses them. */
export interface Circuit {
  /** Asks a relay that we are connected to for a reservation; renewed by itself while the connection lasts. */
  reserve(relay: PeerId, signal: AbortSignal): Promise<void>;
  hasReservation(relay: PeerId): boolean;
  /** Relays for others until stopped; the meter is told of both directions of a circuit, for who dialled it. */
  createServer(limits: { maxReservations: number }, meter: Meter): CircuitRelayService;
}

/** The transport and the service to give to libp2p, and the circuit that they make together. */
export function createCircuit(identities: PeerIdentities) {
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
    createServer(limits, meter) {
      if (components === undefined) throw new Error("libp2p has not made its components yet");
      // Without a data limit: the default of 128 KiB would make a relayed connection useless for anything but a punch.
      const reservations = { maxReservations: limits.maxReservations, applyDefaultLimit: false };
      return withBackPressure(circuitRelayServer({ reservations })(components), identities, meter);
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
function withBackPressure(service: CircuitRelayService, identities: PeerIdentities, meter: Meter): CircuitRelayService {
  const server = service as CircuitRelayService & RelayServer;
  const { handleConnect, stopHop } = server;
  server.handleConnect = (hop, options) => {
    const client = identities.peerIdOf(hop.connection.remotePeer);
    // Never so while the dialler is connected: its handshake has proved an ID.
    if (client === undefined) throw new Error("the dialler has gone");
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
