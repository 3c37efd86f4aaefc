import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { ShadowMeshError } from "../../errors.ts";
import type { Service } from "../../service.ts";
import { timeoutSignal } from "../../timeout-signal.ts";
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

export function createDataPort(
  config: { hosts: readonly string[]; port: number } | null,
  deps: DataPortDeps,
): DataPort {
  const sockets = new Set<Socket>();
  let pending = 0;
  const servers: Server[] = [];
  const onSocket = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (pending >= maxPending) return void socket.destroy();
    pending++;
    greet(socket, deps)
      .catch(() => socket.destroy())
      .finally(() => pending--);
  };
  const boundPort = () => {
    const address = servers[0]?.address();
    return typeof address === "object" && address !== null ? address.port : null;
  };

  const listen = async (host: string, port: number, signal: AbortSignal) => {
    // Half-open, since the end of one direction is part of what a splice carries.
    const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, onSocket);
    servers.push(server);
    try {
      server.listen({ host, port, ipv6Only: true });
      await once(server, "listening", { signal });
    } catch (cause) {
      throw new ShadowMeshError(overlayErrors.LISTEN_FAILED, { cause, details: { listen: [`${host}:${port}`] } });
    }
  };

  return {
    get port() {
      return boundPort();
    },
    async start(signal) {
      signal.throwIfAborted();
      if (config === null) return;
      // The same number on all, be it one that was free on the first.
      for (const host of config.hosts) await listen(host, boundPort() ?? config.port, signal);
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      const closing = servers.splice(0).filter(({ listening }) => listening);
      await Promise.all(closing.map((server) => once(server.close(), "close")));
    },
  };
}

async function greet(socket: Socket, deps: DataPortDeps): Promise<void> {
  const signal = timeoutSignal(greetingTimeoutMs);
  const [mark] = await readExactly(socket, 1, signal);
  if (mark === ticketMark) {
    const ticket = await readExactly(socket, ticketBytes, signal);
    deps.onTicket(ticket.toString("hex"), socket);
  } else if (mark === tlsHandshake) {
    socket.unshift(Buffer.from([mark]));
    deps.onLane(socket);
  } else socket.destroy();
}
