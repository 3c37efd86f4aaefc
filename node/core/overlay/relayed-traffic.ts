import type { Socket } from "node:net";
import type { Hex } from "viem";

/**
 * What passed through relays for us since the start, both directions together, where we are whom they bill: the one who
 * asked for the splice, or dialled the circuit.
 */
export interface RelayedTraffic {
  add(relay: Hex, bytes: number): void;
  /** Counts all that a socket carries, from its start to its end. */
  follow(relay: Hex, socket: Socket): void;
  bytesThrough(relay: Hex): number;
  /** Those that anything passed through. */
  relays(): Hex[];
}

export function createRelayedTraffic(): RelayedTraffic {
  const counted = new Map<Hex, number>();
  /** Asked when somebody wants to know, since a socket counts by itself. */
  const open = new Map<Socket, Hex>();
  const add = (relay: Hex, bytes: number) => void counted.set(relay, (counted.get(relay) ?? 0) + bytes);
  return {
    add,
    follow(relay, socket) {
      open.set(socket, relay);
      socket.once("close", () => {
        if (open.delete(socket)) add(relay, bytesOf(socket));
      });
    },
    bytesThrough(relay) {
      let bytes = counted.get(relay) ?? 0;
      for (const [socket, through] of open) if (through === relay) bytes += bytesOf(socket);
      return bytes;
    },
    relays: () => [...new Set([...counted.keys(), ...open.values()])],
  };
}

const bytesOf = (socket: Socket) => socket.bytesRead + socket.bytesWritten;
