import type { Socket } from "node:net";
import { KEEP_ALIVE, type PeerId, type PeerStore } from "@libp2p/interface";
import type { Hex } from "viem";
import { type ChangeSource, createChangeEmitter, nextChange } from "../../change.ts";
import { timeoutSignal } from "../../timeout-signal.ts";
import { dialTcp, type LaneEnds, messages, readExactly, showTicket } from "../lanes/index.ts";
import { hasUsers, hostOf, type PeerConnection } from "../peer-connection.ts";
import { answerTimeoutMs, parkAnswerSchema, parkProtocol, systemTiming, type Timing, words } from "./protocol.ts";
import { type SocketEnding, waitOn } from "./waiting-socket.ts";

/** A connection that has not closed by itself in this time is cut. */
const closeTimeoutMs = 1_000;

export interface WaitingDeps {
  connections(): PeerConnection[];
  peerStore: Pick<PeerStore, "get" | "merge">;
  /** @default the system's */
  timing?: Timing;
}

/** Why a place is no longer one to wait at: besides what the relay says, a part of ours wants to be connected to it. */
export type Ending = SocketEnding | "recalled";

/** Where we wait at a relay, instead of being connected to it. */
export interface Place {
  /** The relay's. */
  readonly peerId: Hex;
  readonly libp2pId: PeerId;
  /** Of the connection that was given up for it. */
  readonly direction: PeerConnection["direction"];
  readonly address: string;
  /** Its place is kept until we leave it, so that we are never nowhere. */
  readonly ended: Promise<Ending>;
  /** Whether a connection is another one than those that were given up. */
  isNew(connection: PeerConnection): boolean;
  recall(): void;
  leave(): void;
}

/** The client's side of parking: sockets at relays that hold a reservation for us, over which they tell us to come. */
export interface Waiting extends ChangeSource {
  /** By the relay's ID. */
  readonly places: ReadonlyMap<Hex, Place>;
  /**
   * Gives up the connections to a relay for a waiting socket, once the relay has taken it.
   *
   * @throws where the relay does not know the protocol or refuses, its data port can't be reached, or somebody uses the
   *   connection meanwhile: then it stays
   */
  park(connection: PeerConnection, signal: AbortSignal): Promise<Place>;
  /** Has all places left for connections, and resolves once that is so, or the signal aborts. */
  recall(signal: AbortSignal): Promise<void>;
  /** Ends those whose socket is dead, before TCP finds out. */
  drop(isDead: (ends: LaneEnds) => boolean): void;
  stop(): void;
}

export function createWaiting(deps: WaitingDeps): Waiting {
  const { timing = systemTiming } = deps;
  const changes = createChangeEmitter();
  const places = new Map<Hex, Place & { readonly socket: Socket }>();

  const openTo = (relay: Hex) => deps.connections().filter(({ peerId }) => peerId === relay);

  const settle = ({ peerId, libp2p, direction, address }: PeerConnection, socket: Socket) => {
    const { promise: recalled, resolve: recall } = Promise.withResolvers<Ending>();
    const before = new Set(openTo(peerId).map((connection) => connection.libp2p.id));
    const place = {
      peerId,
      libp2pId: libp2p.remotePeer,
      direction,
      address,
      socket,
      ended: Promise.race([waitOn(socket, timing), recalled]),
      isNew: (connection: PeerConnection) => connection.peerId === peerId && !before.has(connection.libp2p.id),
      recall: () => recall("recalled"),
      leave() {
        socket.destroy();
        if (places.get(peerId) !== place) return;
        places.delete(peerId);
        changes.emit();
      },
    };
    places.set(peerId, place);
    return place;
  };

  return {
    places,
    onChange: changes.onChange,
    async park(connection, signal) {
      const { port, ticket } = await askForTicket(connection, signal);
      const socket = await dialTcp(hostOf(connection), port, signal);
      try {
        showTicket(socket, ticket);
        const [word] = await readExactly(socket, 1, signal);
        if (word !== words.parked) throw new Error("the relay says something else");
        await untag(deps.peerStore, connection.libp2p.remotePeer);
        const open = openTo(connection.peerId);
        if (open.some(hasUsers)) throw new Error("the connection is used");
        const place = settle(connection, socket);
        await Promise.all(open.map(close));
        return place;
      } catch (error) {
        socket.destroy();
        throw error;
      }
    },
    async recall(signal) {
      for (const place of places.values()) place.recall();
      while (places.size > 0 && !signal.aborted) await nextChange([changes], answerTimeoutMs, signal);
    },
    drop(isDead) {
      for (const { peerId, socket } of places.values()) {
        const { localAddress = "", remoteAddress = "" } = socket;
        if (isDead({ peerId, localHost: localAddress, remoteHost: remoteAddress })) socket.destroy();
      }
    },
    stop() {
      for (const place of [...places.values()]) place.leave();
    },
  };
}

async function askForTicket(connection: PeerConnection, signal: AbortSignal) {
  const stream = await connection.open(parkProtocol, signal);
  try {
    const answer = await messages(stream).read(parkAnswerSchema, signal);
    await stream.close({ signal });
    return answer;
  } catch (error) {
    stream.abort(error as Error);
    throw error;
  }
}

/** Has libp2p not reconnect by itself to a peer that we leave, whoever of its parts wanted to stay connected to it. */
async function untag(peerStore: WaitingDeps["peerStore"], peer: PeerId): Promise<void> {
  const { tags } = await peerStore.get(peer);
  const kept = [...tags.keys()].filter((tag) => tag.startsWith(KEEP_ALIVE));
  await peerStore.merge(peer, { tags: Object.fromEntries(kept.map((tag) => [tag, undefined])) });
}

function close({ libp2p }: PeerConnection): Promise<void> {
  return libp2p.close({ signal: timeoutSignal(closeTimeoutMs) }).catch((error: Error) => libp2p.abort(error));
}
