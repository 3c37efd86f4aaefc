import { isIPv4 } from "node:net";
import { isPrivateIp, tryGetNetConfig } from "@libp2p/utils";
import { multiaddr } from "@multiformats/multiaddr";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { createBackoff } from "../../backoff.ts";
import { createChangeEmitter, nextChange } from "../../change.ts";
import type { NodeRecord, SignedRecord } from "../../records/index.ts";
import { timeoutSignal } from "../../timeout-signal.ts";
import type { LaneEnds } from "../lanes/index.ts";
import type { PeerCache } from "../peer-cache/index.ts";
import { isRelayed, libp2pIdOfRelay, type PeerConnection, type StreamHandler } from "../peer-connection.ts";
import type { VerifyRecord } from "../record-dht.ts";
import { createDoubts } from "./doubts.ts";
import { createLocalHosts, toHost } from "./local-hosts.ts";
import { createNetworkWatch } from "./network-watch.ts";
import { moveProtocol, receiveMove, sendMove } from "./protocol.ts";

const messageTimeoutMs = 5_000;
/** Peers that are dialled again after a move, those with streams first; a public node's clients come by themselves. */
const maxRedialled = 64;
const redialMs = 30_000;
/** Until then peers are told of a move when they connect; after it they find the new record. */
const tellMs = 60_000;
const maxInbound = 2;

export interface MoverDeps {
  connections(): PeerConnection[];
  connectionTo(peerId: Hex): PeerConnection | undefined;
  connect(record: NodeRecord, signal: AbortSignal): Promise<PeerConnection>;
  /** Connects whatever connection is open. */
  connectAnew(record: NodeRecord, signal: AbortSignal): Promise<PeerConnection>;
  /** Has users of a connection take another one of the same rung. */
  retire(connection: PeerConnection): void;
  ping(connection: PeerConnection, signal: AbortSignal): Promise<number>;
  findRecord(peerId: Hex, signal: AbortSignal): Promise<NodeRecord | null>;
  cache: Pick<PeerCache, "add" | "get">;
  verifyRecord: VerifyRecord;
  /** Ends the lanes and waiting sockets that are dead. */
  dropSockets(isDead: (lane: LaneEnds) => boolean): void;
  handle(protocol: string, handler: StreamHandler, limits: { maxInboundStreams: number }): Promise<void>;
  /** Another network, or a peer that is elsewhere: whatever failed may work now. */
  onMove(peerId?: Hex): void;
  now: () => number;
  log: Logger;
}

/** Keeps connections through changes of addresses, our own and those of peers. */
export interface Mover {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** To be called with each connection that opens. */
  opened(connection: PeerConnection): void;
  /** To be called whenever connections have opened or closed. */
  look(): void;
  /** To be called when the router before this node has another address: what went through it is dead. */
  leaveRouter(): void;
  /** Tells the peers that we are connected to, and those who connect in the next minute, where we are now. */
  announce(signed: SignedRecord): void;
}

export function createMover(deps: MoverDeps): Mover {
  const stopping = new AbortController();
  const redials = new Set<Promise<void>>();
  const networkChanges = createChangeEmitter();
  const localHosts = createLocalHosts();
  let word: { signed: SignedRecord; untilMs: number; told: Set<Hex> } | null = null;

  const drop = ({ libp2p }: PeerConnection) => libp2p.abort(new Error("its address has gone"));
  const doubts = createDoubts({
    connections: deps.connections,
    ping: deps.ping,
    drop: ({ libp2p }) => libp2p.abort(new Error("its peer has come anew, and answers no more on it")),
    stopping: stopping.signal,
  });

  const redial = async (peerId: Hex) => {
    const backoff = createBackoff({ minMs: 100, maxMs: 2_000 });
    const stopListening = networkChanges.onChange(backoff.reset);
    const signal = AbortSignal.any([stopping.signal, timeoutSignal(redialMs)]);
    while (!signal.aborted && deps.connectionTo(peerId) === undefined) {
      try {
        const record = deps.cache.get(peerId) ?? (await deps.findRecord(peerId, signal));
        if (record !== null) await deps.connect(record, signal);
      } catch {
        // The network may not be there yet.
      }
      if (deps.connectionTo(peerId) === undefined) await nextChange([networkChanges], backoff.next(), signal);
    }
    stopListening();
  };

  const onNetworkChange = (lost: ReadonlySet<string>, present: ReadonlySet<string>) => {
    deps.log.info({ lost: lost.size, present: present.size }, "this machine's addresses have changed");
    replace((connection) => {
      const host = localHosts.of(connection);
      return host !== null && lost.has(host);
    });
    deps.dropSockets(({ localHost }) => lost.has(toHost(localHost)));
    networkChanges.emit();
    deps.onMove();
  };
  const watch = createNetworkWatch(onNetworkChange);

  /** Drops what is dead at once, rather than when TCP gives up, circuits through it too, and dials its peers again. */
  const replace = (isDead: (connection: PeerConnection) => boolean) => {
    const left = new Set(
      deps
        .connections()
        .filter(isDead)
        .map(({ libp2p }) => libp2p.remotePeer.toString()),
    );
    const dead = deps
      .connections()
      .filter((connection) => isDead(connection) || left.has(libp2pIdOfRelay(connection.address) ?? ""));
    const used = dead.toSorted((a, b) => b.libp2p.streams.length - a.libp2p.streams.length);
    const peers = [...new Set(used.map(({ peerId }) => peerId))].slice(0, maxRedialled);
    for (const connection of dead) drop(connection);
    for (const peerId of peers) {
      const done = redial(peerId).finally(() => redials.delete(done));
      redials.add(done);
    }
  };

  /** A peer proves that it is elsewhere: what leads to where it was is dead, whatever TCP still believes. */
  const follow = (record: NodeRecord, peer: PeerConnection) => {
    deps.cache.add(record);
    const here = new Set([...hostsOf(record.addresses), ...hostsOf([peer.address])]);
    const before = hostsOf(record.replaces?.addresses ?? []);
    if ([...before].some((host) => !here.has(host))) {
      const isDead = (connection: PeerConnection) =>
        connection.peerId === peer.peerId &&
        connection.libp2p.id !== peer.libp2p.id &&
        connection.path !== "relayed" &&
        [...hostsOf([connection.address])].some((host) => !here.has(host));
      for (const connection of deps.connections().filter(isDead)) drop(connection);
      deps.dropSockets(({ peerId, remoteHost }) => peerId === peer.peerId && !here.has(toHost(remoteHost)));
    }
    leaveRelays(record).catch((error: unknown) =>
      deps.log.debug({ err: error }, "the peer's other relays do not answer"),
    );
    deps.onMove(peer.peerId);
  };

  /** What leads through a relay that the peer has left will end: another way is taken while it works. */
  const leaveRelays = async (record: NodeRecord) => {
    const left = relayIdsOf(record.replaces?.addresses ?? []);
    for (const id of relayIdsOf(record.addresses)) left.delete(id);
    const leadsThere = ({ peerId, address }: PeerConnection) =>
      peerId === record.peerId && left.has(libp2pIdOfRelay(address) ?? "");
    const best = deps.connectionTo(record.peerId);
    // Whoever dialled dials again.
    if (best?.direction !== "outbound" || !leadsThere(best)) return;
    await deps.connectAnew(record, AbortSignal.any([stopping.signal, timeoutSignal(redialMs)]));
    for (const connection of deps.connections().filter(leadsThere)) deps.retire(connection);
  };

  const look = () => {
    if (word === null || stopping.signal.aborted) return;
    const { signed, untilMs, told } = word;
    if (deps.now() > untilMs) {
      word = null;
      return;
    }
    for (const { peerId } of deps.connections()) {
      const connection = told.has(peerId) ? undefined : deps.connectionTo(peerId);
      if (connection === undefined) continue;
      told.add(peerId);
      const signal = AbortSignal.any([stopping.signal, timeoutSignal(messageTimeoutMs)]);
      sendMove(connection, signed, signal).catch((error: unknown) => {
        // Told over the next connection, where this one did not last.
        told.delete(peerId);
        deps.log.debug({ err: error, peerId }, "the peer was not told of the move");
      });
    }
  };

  return {
    async start() {
      await deps.handle(
        moveProtocol,
        (stream, peer, stopped) => {
          const signal = AbortSignal.any([stopped, timeoutSignal(messageTimeoutMs)]);
          const known = deps.cache.get(peer.peerId);
          const act = (record: NodeRecord) => follow(record, peer);
          return receiveMove(stream, { peer, known, verifyRecord: deps.verifyRecord, act }, signal);
        },
        { maxInboundStreams: maxInbound },
      );
      watch.start();
    },
    async stop() {
      stopping.abort();
      watch.stop();
      await Promise.all(redials);
    },
    opened(connection) {
      localHosts.note(connection);
      void doubts.opened(connection);
    },
    look,
    leaveRouter() {
      replace(({ address }) => [...hostsOf([address])].some(isBeyondRouter));
      deps.dropSockets(({ remoteHost }) => isBeyondRouter(toHost(remoteHost)));
    },
    announce(signed) {
      word = { signed, untilMs: deps.now() + tellMs, told: new Set() };
      look();
    },
  };
}

/** Whether the way to a host leads through the translation of addresses: a public one of IPv4. */
const isBeyondRouter = (host: string): boolean => isIPv4(host) && isPrivateIp(host) !== true;

/** The libp2p IDs of the relays in addresses. */
const relayIdsOf = (addresses: readonly string[]) =>
  new Set(addresses.flatMap((address) => libp2pIdOfRelay(address) ?? []));

/** The hosts of addresses, without those of relays. */
function hostsOf(addresses: readonly string[]): Set<string> {
  const hosts = addresses.flatMap((address) => {
    if (isRelayed(address)) return [];
    try {
      const host = tryGetNetConfig(multiaddr(address))?.host;
      return host === undefined ? [] : [toHost(host)];
    } catch {
      return [];
    }
  });
  return new Set(hosts);
}
