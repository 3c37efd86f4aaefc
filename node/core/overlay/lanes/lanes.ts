import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ipPortToMultiaddr } from "@libp2p/utils";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../errors.ts";
import type { Identity } from "../../identity/index.ts";
import { timeoutSignal } from "../../timeout-signal.ts";
import { overlayErrors } from "../errors.ts";
import { hostOf, type PeerConnection, type StreamHandler } from "../peer-connection.ts";
import {
  credentialsOf,
  type HandshakeRefusal,
  type SecuredSocket,
  secureSocket,
  toHalfOpenDuplex,
} from "../pq-tls/index.ts";
import type { RelayedTraffic } from "../relayed-traffic.ts";
import { ticketBytes } from "./data-port.ts";
import {
  type LaneRequest,
  laneAlpn,
  laneAnswerSchema,
  laneProtocol,
  laneRequestSchema,
  messages,
  spliceAnswerSchema,
  spliceProtocol,
} from "./protocol.ts";
import { readExactly } from "./read-exactly.ts";
import { dialTcp, endWith, showTicket } from "./sockets.ts";

/** Until the two ends have met and proved themselves; past it the muxed connection has to do. */
const meetTimeoutMs = 10_000;
/** Requests of a peer that are served at a time. */
const maxInboundRequests = 16;

/** Serves one lane; an error that it throws closes the lane. */
export type LaneHandler = (lane: Lane, peer: PeerConnection, signal: AbortSignal) => Promise<void>;

/** Bytes between two nodes, encrypted end to end by the same handshake as their connection. */
export interface Lane {
  readonly duplex: Duplex;
  /** Whether it has a TCP connection of its own, or is a stream of the muxed one since none could be made. */
  readonly dedicated: boolean;
  /** Aborts once there is a better way to the peer: the next lane takes it, and this one ends after a grace. */
  readonly retiring: AbortSignal;
}

export interface Lanes {
  /**
   * Opens a lane on an open connection: directly where one of the ends can be dialled, else through a splice at the
   * connection's relay, else as a stream of the connection.
   *
   * @throws PAYMENT_REQUIRED; and where not even a stream could be opened
   */
  open(connection: PeerConnection, protocol: string, signal: AbortSignal): Promise<Lane>;
  handle(protocol: string, handler: LaneHandler, limits: { maxInbound: number }): Promise<void>;
  unhandle(protocol: string): Promise<void>;
  /** Takes a socket on which a TLS handshake begins. */
  accept(socket: Socket): void;
  /** Ends those with a connection of their own that is dead, before TCP finds out. */
  drop(isDead: (lane: LaneEnds) => boolean): void;
}

/** Whom a lane leads to, and the hosts of its connection: the far one may be a relay. */
export interface LaneEnds {
  readonly peerId: Hex;
  readonly localHost: string;
  readonly remoteHost: string;
}

export interface LanesDeps {
  identity: Identity;
  /** Where the far end of a connection can dial us past libp2p, or null. */
  dataPort(connection: PeerConnection): number | null;
  connectionTo(peerId: Hex): PeerConnection | undefined;
  /** Told of what we let relays splice. */
  traffic: RelayedTraffic;
  handle(protocol: string, handler: StreamHandler, limits: { maxInboundStreams: number }): Promise<void>;
  unhandle(protocol: string): Promise<void>;
  /** Told of a lane that was closed since its handler threw. */
  refused(peerId: Hex, protocol: string, error: unknown): void;
  /** Told of a socket that was closed since its end proved nothing, or to be another than the lane's. */
  onRefusal(refusal: HandshakeRefusal): void;
  /** Aborted when the overlay stops: no lane outlives it. */
  stopping: AbortSignal;
  /** How long a lane may go on after a better way to its peer has opened. */
  moveGraceMs: number;
}

interface Expected {
  readonly peerId: Hex;
  settle(socket: Duplex): void;
}

interface Handled {
  readonly handler: LaneHandler;
  readonly maxInbound: number;
  open: number;
}

export function createLanes(deps: LanesDeps): Lanes {
  const handled = new Map<string, Handled>();
  /** Lanes that the other end comes for, by their ID. */
  const expected = new Map<string, Expected>();

  /** Connections whose ends waited for each other in vain: something between them drops packets, and will again. */
  const unmet = new WeakSet<object>();

  /** Open lanes with a connection of their own. */
  const dedicated = new Map<Duplex, LaneEnds>();
  const note = (socket: Socket, peerId: Hex) => {
    const { localAddress = "", remoteAddress = "" } = socket;
    dedicated.set(socket, { peerId, localHost: localAddress, remoteHost: remoteAddress });
    socket.once("close", () => dedicated.delete(socket));
  };

  const secure = async (socket: Socket, isServer: boolean, signal: AbortSignal) =>
    secureSocket(socket, { isServer, credentials: await credentialsOf(deps.identity), protocols: [laneAlpn], signal });

  /** The TLS client's side: proves itself, names the lane, and waits until it is known. */
  const claim = async (socket: Socket, peerId: Hex, id: string, signal: AbortSignal) => {
    const secured = await secure(socket, false, signal);
    return guarded(secured, async () => {
      requirePeer(secured, peerId);
      secured.socket.write(Buffer.from(id, "hex"));
      await readExactly(secured.socket, 1, signal);
      note(secured.socket, peerId);
      return secured.socket;
    });
  };

  /** The TLS server's side: whoever proves that it is the peer of an expected lane, and names it, has it. */
  const admit = async (socket: Socket, signal: AbortSignal) => {
    const secured = await secure(socket, true, signal);
    await guarded(secured, async () => {
      const id = (await readExactly(secured.socket, ticketBytes, signal)).toString("hex");
      const lane = expected.get(id);
      if (lane === undefined) throw new Error("the lane is not known");
      requirePeer(secured, lane.peerId);
      expected.delete(id);
      secured.socket.write(Buffer.from([1]));
      note(secured.socket, lane.peerId);
      lane.settle(secured.socket);
    });
  };

  const expect = (id: string, peerId: Hex, signal: AbortSignal) =>
    new Promise<Duplex>((resolve, reject) => {
      expected.set(id, { peerId, settle: resolve });
      const onAbort = () => {
        expected.delete(id);
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
    });

  /** Our own connection to the relay that a connection goes through: a peer names none to us, so that it can't choose. */
  const relayOf = ({ relay }: PeerConnection): PeerConnection => {
    const connection = relay === null ? undefined : deps.connectionTo(relay);
    if (connection?.path !== "direct") throw new Error("not connected to the relay");
    return connection;
  };

  /** A socket to the relay on which what follows the ticket is the other end's. */
  const dialSplice = async (connection: PeerConnection, port: number, ticket: string, signal: AbortSignal) => {
    const socket = await dialTcp(hostOf(relayOf(connection)), port, signal);
    showTicket(socket, ticket);
    return socket;
  };

  const requestSplice = async (connection: PeerConnection, signal: AbortSignal) => {
    const stream = await relayOf(connection).open(spliceProtocol, signal);
    const answer = await messages(stream).read(spliceAnswerSchema, signal);
    await stream.close({ signal });
    if ("refused" in answer) {
      throw new ShadowMeshError(overlayErrors.PAYMENT_REQUIRED, { details: { relay: connection.relay } });
    }
    return answer;
  };

  const openDedicated = async (connection: PeerConnection, protocol: string, signal: AbortSignal) => {
    const { peerId } = connection;
    const splice = connection.path === "direct" ? null : await requestSplice(connection, signal);
    const id = randomBytes(ticketBytes).toString("hex");
    const request: LaneRequest = {
      id,
      protocol,
      port: splice === null ? deps.dataPort(connection) : null,
      splice: splice && { port: splice.port, ticket: splice.far },
    };
    const stopExpecting = new AbortController();
    const coming = expect(id, peerId, AbortSignal.any([signal, stopExpecting.signal]));
    coming.catch(() => undefined);
    const stream = await connection.open(laneProtocol, signal);
    try {
      const control = messages(stream);
      await control.write(request, signal);
      const answer = await control.read(laneAnswerSchema, signal);
      if (splice !== null) {
        const socket = await dialSplice(connection, splice.port, splice.near, signal);
        deps.traffic.follow(relayOf(connection).peerId, socket);
        return await claim(socket, peerId, id, signal);
      }
      if (answer.coming) return await coming;
      if (answer.port === null) throw new Error("neither end can be dialled");
      return await claim(await dialTcp(hostOf(connection), answer.port, signal), peerId, id, signal);
    } finally {
      stopExpecting.abort();
      stream.close({ signal }).catch((error: Error) => stream.abort(error));
    }
  };

  const serve = async (entry: Handled, lane: Lane, peer: PeerConnection, signal: AbortSignal) => {
    if (entry.open >= entry.maxInbound) throw new Error("too many at once");
    entry.open++;
    endWith(lane.duplex, signal);
    endWith(lane.duplex, lane.retiring, deps.moveGraceMs);
    try {
      await entry.handler(lane, peer, signal);
    } finally {
      entry.open--;
    }
  };

  /** The other side of `openDedicated`. */
  const answerRequest: StreamHandler = async (stream, peer, stopping) => {
    const signal = AbortSignal.any([stopping, timeoutSignal(meetTimeoutMs)]);
    const control = messages(stream);
    const request = await control.read(laneRequestSchema, signal);
    const entry = handled.get(request.protocol);
    if (entry === undefined) throw new Error("no such protocol");
    const dialsUs = request.splice !== null || peer.direction === "inbound";
    const port = request.splice === null ? deps.dataPort(peer) : null;
    const settling = new AbortController();
    const ends = AbortSignal.any([signal, settling.signal]);
    try {
      let meeting: Promise<Duplex>;
      if (!dialsUs && request.port !== null) {
        await control.write({ coming: true, port: null }, signal);
        meeting = dialTcp(hostOf(peer), request.port, signal).then((socket) =>
          claim(socket, peer.peerId, request.id, signal),
        );
      } else {
        meeting = expect(request.id, peer.peerId, ends);
        meeting.catch(() => undefined);
        await control.write({ coming: request.splice !== null, port }, signal);
        if (request.splice !== null) {
          await admit(await dialSplice(peer, request.splice.port, request.splice.ticket, signal), signal);
        } else if (port === null) return;
      }
      const duplex = await meeting;
      void serve(entry, { duplex, dedicated: true, retiring: peer.retiring }, peer, stopping).catch(
        (error: unknown) => {
          deps.refused(peer.peerId, request.protocol, error);
          duplex.destroy();
        },
      );
    } finally {
      settling.abort();
      await stream.close({ signal }).catch((error: Error) => stream.abort(error));
    }
  };

  return {
    async open(connection, protocol, signal) {
      const limit = AbortSignal.any([signal, timeoutSignal(meetTimeoutMs)]);
      // Between two NATs no port can be dialled, and a UDP stream of its own would be held back by no slow reader. Past the
      // relays of a path its ends would meet without them.
      const shares = connection.path === "punched" || connection.path === "onion";
      const lane =
        shares || unmet.has(connection.libp2p)
          ? null
          : await openDedicated(connection, protocol, limit).catch((error: unknown) => {
              signal.throwIfAborted();
              // The relay would hold back the connection's stream as well.
              if (ShadowMeshError.is(error, overlayErrors.PAYMENT_REQUIRED)) throw error;
              if (limit.aborted) unmet.add(connection.libp2p);
              return null;
            });
      const duplex = lane ?? toHalfOpenDuplex(await connection.open(protocol, signal));
      endWith(duplex, deps.stopping);
      endWith(duplex, connection.retiring, deps.moveGraceMs);
      return { duplex, dedicated: lane !== null, retiring: connection.retiring };
    },
    async handle(protocol, handler, { maxInbound }) {
      const entry: Handled = { handler, maxInbound, open: 0 };
      if (handled.size === 0) await deps.handle(laneProtocol, answerRequest, { maxInboundStreams: maxInboundRequests });
      handled.set(protocol, entry);
      await deps.handle(
        protocol,
        (stream, peer, signal) => {
          const { retiring } = peer;
          return serve(entry, { duplex: toHalfOpenDuplex(stream), dedicated: false, retiring }, peer, signal);
        },
        { maxInboundStreams: maxInbound },
      );
    },
    async unhandle(protocol) {
      handled.delete(protocol);
      await deps.unhandle(protocol);
      if (handled.size === 0) await deps.unhandle(laneProtocol);
    },
    drop(isDead) {
      for (const [duplex, lane] of dedicated) if (isDead(lane)) duplex.destroy();
    },
    accept(socket) {
      const address = addressOf(socket);
      const signal = timeoutSignal(meetTimeoutMs);
      admit(socket, signal).catch((error: unknown) => {
        socket.destroy();
        // Slow ends, and those that come too late, are everyday life.
        if (signal.aborted || !ShadowMeshError.is(error)) return;
        deps.onRefusal({ direction: "inbound", address, wanted: undefined, error });
      });
    },
  };
}

async function guarded<T>({ socket }: SecuredSocket, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function requirePeer({ peer }: SecuredSocket, peerId: Hex): void {
  if (peer.peerId === peerId) return;
  throw new ShadowMeshError(overlayErrors.WRONG_PEER, { details: { wanted: peerId, proved: peer.peerId } });
}

/** As libp2p writes it; none where the socket has closed already. */
function addressOf({ remoteAddress, remotePort }: Socket): string | undefined {
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return ipPortToMultiaddr(remoteAddress, remotePort).toString();
}
