import type { Connection, Stream } from "@libp2p/interface";
import { tryGetNetConfig } from "@libp2p/utils";
import { multiaddr } from "@multiformats/multiaddr";
import type { Hex } from "viem";
import { type Path, pathSchema } from "../schema.ts";
import type { PeerIdentities } from "./pq-tls/index.ts";

const circuitMarker = "/p2p-circuit";

/** An open connection to a peer whose ID the handshake has proved; encrypted between its two ends on every path. */
export interface PeerConnection {
  readonly peerId: Hex;
  readonly address: string;
  readonly direction: "inbound" | "outbound";
  readonly path: Path;
  /** The relay's ID, where there is one and it is known. */
  readonly relay: Hex | null;
  readonly openedAtMs: number;
  /**
   * Aborts once a better connection to the peer is open, or one through another relay than that which goes: whoever keeps
   * a stream here opens its next one there. This one closes when its streams have ended, or after a grace.
   */
  readonly retiring: AbortSignal;
  readonly libp2p: Connection;
  open(protocol: string, signal: AbortSignal): Promise<Stream>;
}

/** Serves one stream of a protocol; an error that it throws resets the stream. */
export type StreamHandler = (stream: Stream, peer: PeerConnection, signal: AbortSignal) => Promise<void>;

/** Describes a libp2p connection; undefined while its peer has proved no ID. */
export function describeConnection(connection: Connection, identities: PeerIdentities): PeerConnection | undefined {
  const peerId = identities.peerIdOf(connection.remotePeer);
  return peerId === undefined ? undefined : new Described(peerId, connection, identities);
}

/** A class, for its getter: of an object literal with one V8 keeps a hidden class for each object. */
class Described implements PeerConnection {
  readonly peerId: Hex;
  readonly address: string;
  readonly direction: "inbound" | "outbound";
  readonly path: Path;
  readonly relay: Hex | null;
  readonly openedAtMs: number;
  readonly libp2p: Connection;

  constructor(peerId: Hex, connection: Connection, identities: PeerIdentities) {
    this.peerId = peerId;
    this.address = connection.remoteAddr.toString();
    this.direction = connection.direction;
    this.path = pathOf(this.address);
    this.relay = relayOf(this.address, identities);
    this.openedAtMs = connection.timeline.open;
    this.libp2p = connection;
  }

  /** Made on demand: few of a relay's connections have a user. */
  get retiring(): AbortSignal {
    return retirementOf(this.libp2p).signal;
  }

  open(protocol: string, signal: AbortSignal): Promise<Stream> {
    return this.libp2p.newStream(protocol, { signal });
  }
}

const retirements = new WeakMap<Connection, AbortController>();

/** Tells the users of a connection that it retires. */
export function retirementOf(connection: Connection) {
  const controller = retirements.get(connection) ?? new AbortController();
  retirements.set(connection, controller);
  return {
    signal: controller.signal,
    retire: () => controller.abort(new Error("a better connection to the peer is open")),
    /** It stays after all: users from now on are told anew. */
    recall: () => void retirements.delete(connection),
  };
}

/** What libp2p opens by itself, and what parking asks before it gives a connection up, keeps none. */
const ownProtocols = /^\/(ipfs\/(id|id\/push|ping)|shadowmesh\/park)\/1\.0\.0$/;

/** Whether a connection has streams that somebody uses. */
export const hasUsers = ({ libp2p }: PeerConnection): boolean =>
  libp2p.streams.some(({ protocol }) => !ownProtocols.test(protocol));

/** The place of a connection's rung, 0 for the best. */
export const rankOf = ({ path }: PeerConnection): number => pathSchema.options.indexOf(path);

/** Of the connections that are open the one on the best rung, and of these the newest. */
export function bestOf(open: readonly PeerConnection[]): PeerConnection | undefined {
  return open.toSorted((a, b) => rankOf(a) - rankOf(b) || b.openedAtMs - a.openedAtMs)[0];
}

export const isRelayed = (address: string): boolean => address.includes(circuitMarker);

/** The address of whoever is at the other end of a path through several relays: it has none. */
export const onionAddress = "/memory/onion";

/** Which rung an address belongs to. */
export function pathOf(address: string): Path {
  if (address.startsWith(onionAddress)) return "onion";
  if (isRelayed(address)) return "relayed";
  return isPunched(address) ? "punched" : "direct";
}

/** UDP is used for nothing else. */
const isPunched = (address: string): boolean => address.includes("/udp/");

/** The host of a connection's far end, for another port of it. @throws where it has none */
export function hostOf({ address }: PeerConnection): string {
  const config = tryGetNetConfig(multiaddr(address));
  if (config === null) throw new Error("the address has no host");
  return config.host;
}

/** The ID of the relay in a circuit's address; null where there is none, or it is not known. */
export function relayOf(address: string, identities: PeerIdentities): Hex | null {
  const relayId = libp2pIdOfRelay(address);
  return relayId === null ? null : (identities.peerIdOf(relayId) ?? null);
}

/** The libp2p peer ID of the relay in a circuit's address; null where it is not one. */
export function libp2pIdOfRelay(address: string): string | null {
  const end = address.indexOf(circuitMarker);
  return end < 0 ? null : (address.slice(0, end).match(/\/p2p\/([^/]+)$/)?.[1] ?? null);
}
