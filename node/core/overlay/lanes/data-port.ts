import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { ShadowMeshError } from "../../errors.ts";
import type { Service } from "../../service.ts";
import { overlayErrors } from "../errors.ts";
import { readExactly } from "./read-exactly.ts";

/** A socket that says nothing for so long is closed. */
const greetingTimeoutMs = 5_000;
/** Sockets that have not yet shown what they are for. */
const maxPending = 256;
/** First byte of a TLS record that carries a ClientHello (RFC 8446, 5.1). */
const tlsHandshake = 0x16;
/** First byte of a ticket: any that TLS does not begin with. */
export const ticketMark = 0x54;
/** 256 random bits. */
export const ticketBytes = 32;

export interface DataPortDeps {
  /** A socket on which a TLS handshake begins. */
  onLane(socket: Socket): void;
  /** A socket that showed a ticket of ours; what follows the ticket is unread. */
  onTicket(ticket: string, socket: Socket): void;
}

/** The TCP port beside libp2p's on which bytes flow without a muxer: lanes to us, and splices between others. */
export interface DataPort extends Service {
  /** Null while it does not listen. */
  readonly port: number | null;
}

export function createDataPort(config: { host: string; port: number } | null, deps: DataPortDeps): DataPort {
  const sockets = new Set<Socket>();
  let pending = 0;
  // Half-open, since the end of one direction is part of what a splice carries.
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (pending >= maxPending) return void socket.destroy();
    pending++;
    greet(socket, deps)
      .catch(() => socket.destroy())
      .finally(() => pending--);
  });

  return {
    get port() {
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : null;
    },
    async start(signal) {
      signal.throwIfAborted();
      if (config === null) return;
      try {
        server.listen(config);
        await once(server, "listening", { signal });
      } catch (cause) {
        const details = { listen: [`${config.host}:${config.port}`] };
        throw new ShadowMeshError(overlayErrors.LISTEN_FAILED, { cause, details });
      }
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
}

async function greet(socket: Socket, deps: DataPortDeps): Promise<void> {
  const signal = AbortSignal.timeout(greetingTimeoutMs);
  const [mark] = await readExactly(socket, 1, signal);
  if (mark === ticketMark) {
    const ticket = await readExactly(socket, ticketBytes, signal);
    deps.onTicket(ticket.toString("hex"), socket);
  } else if (mark === tlsHandshake) {
    socket.unshift(Buffer.from([mark]));
    deps.onLane(socket);
  } else socket.destroy();
}
