import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../errors.ts";
import { overlayErrors } from "../errors.ts";
import { ticketBytes } from "../lanes/index.ts";
import { hasUsers, type PeerConnection } from "../peer-connection.ts";
import { aliveEveryMs, systemTiming, type Timing, words } from "./protocol.ts";

const ticketLifeMs = 10_000;
/** A dial, a handshake and a reservation, four round trips of the worst way; then the client is taken for dead. */
const wakeTimeoutMs = 5_000;
const checkMs = 15_000;
/** Who misses its word twice has gone. */
const silentAfterMs = 2 * aliveEveryMs + checkMs;
/** One is due in three checks. */
const maxWordsPerCheck = 8;

/** Whether a client may wait: whoever holds a reservation. */
export type MayPark = (client: PeerConnection["libp2p"]["remotePeer"]) => boolean;

export interface ParkedClientsDeps {
  connections(): PeerConnection[];
  /** @default the system's */
  timing?: Timing;
}

/**
 * The relay's side of parking: clients that hold a reservation and have given their connection up for a bare socket at the
 * data port, over which they are told to come. A waiting socket carries no authority: whom it belongs to was proved on the
 * connection over which its ticket was asked for, and whoever is woken proves it anew.
 */
export interface ParkedClients {
  /** Lets clients park while it is asked for it; null for nobody, and those who wait are let go. */
  serve(mayPark: MayPark | null): void;
  /** A ticket that works once and for ten seconds, for this client alone; null where it may not park. */
  issue(client: PeerConnection): string | null;
  /** Takes a socket that showed a ticket; false where the ticket is not one of parking. */
  accept(ticket: string, socket: Socket): boolean;
  readonly count: number;
  ids(): Hex[];
  has(peerId: Hex): boolean;
  /** The parked client of a libp2p peer ID, as the bytes of its multihash. */
  peerIdOf(multihash: Uint8Array): Hex | undefined;
  /**
   * Resolves once a client that is parked has come back, at once where it is not parked.
   *
   * @throws PEER_UNREACHABLE where it does not come within five seconds: it is let go
   */
  wake(peerId: Hex, signal: AbortSignal): Promise<void>;
  /**
   * To be called when a client asks for its reservation on a connection; and what this returns once it is answered: it is
   * back, and no longer parked where it was.
   */
  returning(peerId: Hex): () => void;
}

interface Parked {
  readonly peerId: Hex;
  readonly multihash: Uint8Array;
  readonly libp2pId: PeerConnection["libp2p"]["remotePeer"];
  readonly socket: Socket;
  /** The connections that it gives up, by their IDs. */
  readonly before: ReadonlySet<string>;
  heardAtMs: number;
  words: number;
  waking?: PromiseWithResolvers<void>;
}

export function createParkedClients(deps: ParkedClientsDeps): ParkedClients {
  const { timing = systemTiming } = deps;
  const parked = new Map<Hex, Parked>();
  /** One for each client. */
  const tickets = new Map<Hex, { ticket: string; client: PeerConnection; forget: () => void }>();
  let policy: MayPark | null = null;
  let stopChecking = () => {};

  const openOf = (peerId: Hex) => deps.connections().filter((connection) => connection.peerId === peerId);

  const say = ({ socket }: Parked, word: number) => {
    // Whoever does not read even single bytes has gone, or means no good.
    if (socket.writableLength > maxWordsPerCheck) socket.destroy();
    else socket.write(Uint8Array.of(word));
  };

  const hear = (client: Parked, chunk: Buffer) => {
    client.words += chunk.length;
    if (client.words > maxWordsPerCheck || chunk.some((word) => word !== words.alive)) return client.socket.destroy();
    client.heardAtMs = timing.now();
    return say(client, words.alive);
  };

  /** Ends its waiting: it is back, or has gone. */
  const end = (client: Parked) => {
    if (parked.get(client.peerId) !== client) return;
    parked.delete(client.peerId);
    client.socket.destroy();
    const isBack = openOf(client.peerId).length > 0;
    if (isBack) client.waking?.resolve();
    else client.waking?.reject(unreachable(client.peerId));
  };
  /** The same, with the connections that it has given up: they are dead, though its word of that may be late or lost. */
  const endAll = (client: Parked) => {
    if (parked.get(client.peerId) !== client) return;
    for (const { libp2p } of openOf(client.peerId)) {
      if (client.before.has(libp2p.id)) libp2p.abort(new Error("its peer was parked"));
    }
    end(client);
  };

  const check = () => {
    const nowMs = timing.now();
    for (const client of [...parked.values()]) {
      client.words = 0;
      if (nowMs - client.heardAtMs > silentAfterMs || policy?.(client.libp2pId) !== true) endAll(client);
    }
  };

  const startWaking = (client: Parked) => {
    const waking = Promise.withResolvers<void>();
    client.waking = waking;
    const stop = timing.every(wakeTimeoutMs, () => endAll(client));
    // Who waits for it hears of its end; nobody may.
    waking.promise.catch(() => undefined).finally(stop);
    say(client, words.wake);
    return waking;
  };

  return {
    serve(mayPark) {
      policy = mayPark;
      stopChecking();
      stopChecking = mayPark === null ? () => {} : timing.every(checkMs, check);
      if (mayPark !== null) return;
      for (const { forget } of [...tickets.values()]) forget();
      for (const client of [...parked.values()]) end(client);
    },
    issue(client) {
      if (client.path !== "direct" || policy?.(client.libp2p.remotePeer) !== true) return null;
      tickets.get(client.peerId)?.forget();
      const ticket = randomBytes(ticketBytes).toString("hex");
      const stop = timing.every(ticketLifeMs, () => tickets.get(client.peerId)?.forget());
      const forget = () => {
        stop();
        tickets.delete(client.peerId);
      };
      tickets.set(client.peerId, { ticket, client, forget });
      return ticket;
    },
    accept(ticket, socket) {
      const shown = [...tickets.values()].find((one) => one.ticket === ticket);
      if (shown === undefined) return false;
      const { peerId, libp2p } = shown.client;
      shown.forget();
      const open = openOf(peerId);
      // What we have just begun to tell it, over a connection that it would close, would be lost.
      if (policy?.(libp2p.remotePeer) !== true || open.some(hasUsers)) {
        socket.destroy();
        return true;
      }
      const former = parked.get(peerId);
      if (former !== undefined) end(former);
      const client: Parked = {
        peerId,
        libp2pId: libp2p.remotePeer,
        multihash: libp2p.remotePeer.toMultihash().bytes,
        socket,
        before: new Set(open.map((connection) => connection.libp2p.id)),
        heardAtMs: timing.now(),
        words: 0,
      };
      parked.set(peerId, client);
      socket.on("data", (chunk: Buffer) => void hear(client, chunk));
      socket.once("end", () => socket.destroy());
      socket.once("close", () => end(client));
      say(client, words.parked);
      return true;
    },
    get count() {
      return parked.size;
    },
    ids: () => [...parked.keys()],
    has: (peerId) => parked.has(peerId),
    peerIdOf(multihash) {
      for (const client of parked.values()) if (Buffer.compare(client.multihash, multihash) === 0) return client.peerId;
      return undefined;
    },
    async wake(peerId, signal) {
      const client = parked.get(peerId);
      if (client === undefined) return;
      const { promise } = client.waking ?? startWaking(client);
      await Promise.race([promise, rejectOnAbort(signal)]);
    },
    returning(peerId) {
      const client = parked.get(peerId);
      return () => {
        if (client !== undefined) endAll(client);
      };
    },
  };
}

function unreachable(peerId: Hex): ShadowMeshError {
  const details = { peerId, reason: "It was parked, and did not come when it was woken." };
  return new ShadowMeshError(overlayErrors.PEER_UNREACHABLE, { details });
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
