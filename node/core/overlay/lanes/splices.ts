import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Hex } from "viem";
import type { Meter } from "../meter.ts";
import { ticketBytes } from "./data-port.ts";

/** Both ends have to come within this time. */
const ticketLifeMs = 10_000;

/** What a relay gives to the one who asked: a ticket for each end. */
export interface TicketPair {
  /** Hex of 32 bytes each. */
  readonly near: string;
  readonly far: string;
}

/** The relay's part of a lane: two sockets joined as they are, bytes neither decrypted nor kept. */
export interface Splices {
  /** Both tickets are worth nothing after ten seconds; null where so many are open that another would be too much. */
  issue(client: Hex, meter: Meter): TicketPair | null;
  /** Takes a socket that showed a ticket; closes it where the ticket is not ours or was used. */
  accept(ticket: string, socket: Socket): void;
  /** Open now, and issued but not yet joined. */
  readonly count: number;
  /** Closes those of a client that has lost its right to them. */
  close(client: Hex): void;
  closeAll(): void;
}

type AfterPassing = (run: () => void) => void;

interface Splice {
  readonly client: Hex;
  readonly meter: Meter;
  readonly tickets: readonly string[];
  readonly sockets: Map<string, Socket>;
  readonly afterPassing: Map<Socket, AfterPassing>;
  readonly timer: NodeJS.Timeout;
}

export function createSplices(limits: { perClient: number; total: number }): Splices {
  const splices = new Set<Splice>();
  const byTicket = new Map<string, Splice>();

  const end = (splice: Splice) => {
    clearTimeout(splice.timer);
    for (const ticket of splice.tickets) byTicket.delete(ticket);
    for (const socket of splice.sockets.values()) socket.destroy();
    splices.delete(splice);
  };
  const ofClient = (client: Hex) => [...splices].filter((splice) => splice.client === client);

  return {
    get count() {
      return splices.size;
    },
    issue(client, meter) {
      if (splices.size >= limits.total || ofClient(client).length >= limits.perClient) return null;
      const [near, far] = [newTicket(), newTicket()];
      const timer = setTimeout(() => end(splice), ticketLifeMs);
      const splice: Splice = {
        client,
        meter,
        tickets: [near, far],
        sockets: new Map(),
        afterPassing: new Map(),
        timer,
      };
      splices.add(splice);
      for (const ticket of splice.tickets) byTicket.set(ticket, splice);
      return { near, far };
    },
    accept(ticket, socket) {
      const splice = byTicket.get(ticket);
      // A ticket works once.
      if (splice === undefined || !byTicket.delete(ticket)) return void socket.destroy();
      splice.sockets.set(ticket, socket);
      socket.once("close", (failed) => {
        // What has come is still passed on, unless the end was a failure.
        if (failed) return end(splice);
        const close = () => {
          splice.sockets.delete(ticket);
          for (const other of splice.sockets.values()) other.destroySoon();
          if (splice.sockets.size === 0) end(splice);
        };
        (splice.afterPassing.get(socket) ?? ((run) => run()))(close);
      });
      const [one, other] = splice.sockets.values();
      if (one === undefined || other === undefined) return;
      clearTimeout(splice.timer);
      const meter = (bytes: number) => splice.meter(splice.client, bytes);
      splice.afterPassing.set(one, pass(one, other, meter));
      splice.afterPassing.set(other, pass(other, one, meter));
    },
    close: (client) => ofClient(client).forEach(end),
    closeAll: () => [...splices].forEach(end),
  };
}

function newTicket(): string {
  return randomBytes(ticketBytes).toString("hex");
}

/**
 * Moves bytes from one socket to the other as fast as that one and the meter take them, and the end with them. Returns what
 * does something once all that has come is passed on.
 */
function pass(from: Socket, to: Socket, meter: (bytes: number) => Promise<void> | undefined): AfterPassing {
  let held: Promise<void> | undefined;
  const afterPassing: AfterPassing = (run) => void (held === undefined ? run() : held.then(run));
  const forward = (chunk: Buffer) => {
    if (to.write(chunk)) from.resume();
    else {
      from.pause();
      to.once("drain", () => from.resume());
    }
  };
  from.on("data", (chunk: Buffer) => {
    const released = meter(chunk.length);
    if (released === undefined) return forward(chunk);
    from.pause();
    held = released.then(
      () => {
        held = undefined;
        forward(chunk);
      },
      () => void from.destroy(),
    );
  });
  // A socket tells its end though it is paused.
  from.once("end", () => afterPassing(() => to.end()));
  return afterPassing;
}
