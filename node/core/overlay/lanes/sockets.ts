import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ticketMark } from "./data-port.ts";

/** Ends a duplex once a signal has aborted, at once or after a time. */
export function endWith(duplex: Duplex, signal: AbortSignal, afterMs = 0): void {
  let timer: NodeJS.Timeout | undefined;
  const end = () => duplex.destroy();
  const onAbort = () => {
    if (afterMs === 0) end();
    else timer = setTimeout(end, afterMs);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  duplex.once("close", () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  });
}

/** The first bytes of a socket to a data port that has given us a ticket. */
export function showTicket(socket: Socket, ticket: string): void {
  socket.write(Buffer.concat([Buffer.from([ticketMark]), Buffer.from(ticket, "hex")]));
}

/** Opens a TCP connection; the signal ends the attempt. */
export function dialTcp(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, allowHalfOpen: true });
    const onAbort = () => socket.destroy(signal.reason);
    const settle = () => {
      signal.removeEventListener("abort", onAbort);
      socket.off("error", reject);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    // Stays: an error after this must not become an uncaught exception.
    socket.on("error", () => socket.destroy());
    socket.once("error", (error) => {
      settle();
      reject(error);
    });
    socket.once("connect", () => {
      settle();
      resolve(socket);
    });
  });
}
