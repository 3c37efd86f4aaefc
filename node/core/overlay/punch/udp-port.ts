import { randomBytes } from "node:crypto";
import type UDX from "udx-native";
import type { UdxSocket, UdxStream } from "udx-native";
import { ShadowMeshError } from "../../errors.ts";
import type { Service } from "../../service.ts";
import { overlayErrors } from "../errors.ts";
import { type Datagram, decodeDatagram, encodeDatagram } from "./datagram.ts";
import type { UdpAddress } from "./udp-address.ts";

/** The UDP socket of a node: streams to others, and the datagrams by which two nodes find a way for them. */
export interface UdpPort extends Service {
  /** Where it is bound; null while there is none: not configured, not started, or no library for this platform. */
  readonly address: UdpAddress | null;
  send(datagram: Datagram, to: UdpAddress): void;
  /** Reserves an ID for a stream that is connected later. @throws where there is no socket */
  createStream(): UdpStream;
}

export interface UdpStream {
  readonly id: number;
  /** Reliable, ordered and congestion-controlled; whatever comes under the ID is taken for the peer's, as in TCP. */
  connect(remoteId: number, to: UdpAddress): UdxStream;
  close(): void;
}

export interface UdpPortDeps {
  onDatagram(datagram: Datagram, from: UdpAddress): void;
  /** Told why there is no socket although one is configured. */
  onUnsupported(error: unknown): void;
}

export function createUdpPort(config: UdpAddress | null, deps: UdpPortDeps): UdpPort {
  let udx: UDX | undefined;
  let socket: UdxSocket | undefined;

  const bound = () => {
    const address = socket?.address();
    if (udx === undefined || socket === undefined || !address) throw new Error("there is no UDP socket");
    return { udx, socket };
  };

  return {
    get address() {
      return socket?.address() ?? null;
    },
    async start(signal) {
      signal.throwIfAborted();
      if (config === null) return;
      // On demand, since it is native code: a platform that it was not built for has all the other rungs.
      const library = await import("udx-native").catch(deps.onUnsupported);
      if (!library) return;
      udx = new library.default();
      const opened = udx.createSocket();
      try {
        // All addresses are those of IPv6 as well, where the machine has it: two nodes may share no other network.
        const isUnspecified = config.host === "0.0.0.0" || config.host === "::";
        opened.bind(config.port, isUnspecified ? undefined : config.host);
      } catch (cause) {
        await opened.close();
        const details = { listen: [`${config.host}:${config.port}/udp`] };
        throw new ShadowMeshError(overlayErrors.LISTEN_FAILED, { cause, details });
      }
      opened.on("message", (bytes, from) => {
        const datagram = decodeDatagram(bytes);
        if (datagram !== null) deps.onDatagram(datagram, from);
      });
      socket = opened;
    },
    async stop() {
      const closing = socket;
      socket = undefined;
      for (const stream of closing?.streams ?? []) stream.destroy();
      await closing?.close();
    },
    send(datagram, to) {
      try {
        socket?.trySend(encodeDatagram(datagram), to.port, to.host);
      } catch {
        // As a network that drops it: the address is of a family that this machine lacks.
      }
    },
    createStream() {
      const own = bound();
      // Unguessable, since packets count by it alone.
      const id = randomBytes(4).readUInt32LE();
      const stream = own.udx.createStream(id);
      return {
        id,
        connect(remoteId, to) {
          stream.connect(own.socket, remoteId, to.port, to.host);
          return stream;
        },
        close: () => stream.destroy(),
      };
    },
  };
}
