import { isPrivate } from "@libp2p/utils";
import { multiaddr } from "@multiformats/multiaddr";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { type ChangeSource, createChangeEmitter } from "../change.ts";
import { ShadowMeshError } from "../errors.ts";
import type { Identity } from "../identity/index.ts";
import type { NodeRecord } from "../records/index.ts";
import type { Service } from "../service.ts";
import type { Circuit } from "./circuit.ts";
import type { OverlayConfig } from "./config.ts";
import type { MayServeDht } from "./dht-servers.ts";
import { overlayErrors } from "./errors.ts";
import { createEvidenceDht, type EvidenceDht, type VerifyLocation } from "./evidence-dht.ts";
import { createHandle, type Handle } from "./handle.ts";
import {
  createDirectRung,
  createImprover,
  createLadder,
  createRelayedRung,
  createRetirement,
  type Ladder,
} from "./ladder/index.ts";
import { createDataPort, createLanes, createSplices, type Lanes, type Splices } from "./lanes/index.ts";
import { createLibp2pNode } from "./libp2p-node.ts";
import { listenable, startListening, tcpBeside, udpBeside } from "./listening.ts";
import { createMover, type Mover } from "./move/index.ts";
import { createOnion, type HopPolicy } from "./onion/index.ts";
import { directAddresses, publicFirst, watchDials } from "./own-addresses.ts";
import { createParkedClients, createWaiting, type ParkedClients, type Waiting } from "./parking/index.ts";
import { createPeerCache, type PeerCache } from "./peer-cache/index.ts";
import { bestOf, describeConnection, type PeerConnection, relayOf } from "./peer-connection.ts";
import { ping } from "./ping.ts";
import { createPortMapping, type PortMapping } from "./port-mapping/index.ts";
import { createPeerIdentities } from "./pq-tls/index.ts";
import { createPunch, createPunchedRung, type Punch } from "./punch/index.ts";
import { createRecordViews, type RecordViews, type VerifyRecord } from "./record-dht.ts";
import { createRefusals } from "./refusals.ts";
import { createRelayedTraffic, type RelayedTraffic } from "./relayed-traffic.ts";

/** Enough for a relay's 256 reservations to use it a few at a time; a splice that is open and idle holds some 20 KB. */
const spliceLimits = { perClient: 16, total: 1024 };

export interface OverlayDeps {
  identity: Identity;
  verifyRecord: VerifyRecord;
  now: () => number;
  log: Logger;
  /** Proves where evidence is said to be. @default no such word counts */
  verifyLocation?: VerifyLocation;
  /** Whether a peer serves the DHT. @default everybody who says so */
  mayServeDht?: MayServeDht;
  /** Whether a peer may hold a reservation with us. @default nobody */
  mayReserve?: (peerId: Hex) => Promise<boolean>;
  /** The newest record of a peer, for another try at reaching it better. @default the cached one */
  findRecord?: (peerId: Hex, signal: AbortSignal) => Promise<NodeRecord | null>;
  /** Whether a peer may have us open a way to it through our NAT. @default nobody */
  mayPunch?: (peerId: Hex) => Promise<boolean>;
  /** Whether others may ask us where their UDP comes from. @default true */
  reflects?: boolean;
  /** Whether circuits through a relay, by its libp2p peer ID, are dialled only where there are no others. @default none */
  avoidsRelay?: (libp2pId: string) => boolean;
}

/** The mesh as services see it: peers by their 20-byte IDs, streams, records, circuits; changes with its connections. */
export interface Overlay extends Service, ChangeSource, Ladder {
  readonly cache: PeerCache;
  readonly records: RecordViews;
  readonly evidence: EvidenceDht;
  readonly circuit: Circuit;
  /** Connections of their own for much data. */
  readonly lanes: Lanes;
  /** Lanes of others that pass through us. */
  readonly splices: Splices;
  /** Clients of this relay that wait for being woken, instead of being connected. */
  readonly parked: ParkedClients;
  /** Relays at which we wait so. */
  readonly waiting: Waiting;
  /** What others relayed for us. */
  readonly traffic: RelayedTraffic;
  /** Where lanes, splices and waiting clients come in, past libp2p; null while there is none. */
  readonly dataPort: number | null;
  /** The same as the far end of a connection sees it: from beyond a router it may have another number. */
  dataPortFor(connection: PeerConnection): number | null;
  /** Direct connections through NATs. */
  readonly punch: Pick<Punch, "attempt" | "mapping" | "port">;
  /** What the router before this node forwards to it. */
  readonly portMapping: Pick<PortMapping, "status" | "refresh">;
  /** Own multiaddrs that others can dial, those that a router forwards among them, without those through relays. */
  addresses(): string[];
  /** Whether another node has connected to us, without a relay, since those have been our addresses. */
  dialled(): boolean;
  connections(): PeerConnection[];
  connectionTo(peerId: Hex): PeerConnection | undefined;
  /**
   * Connects through relays in this order, each of which learns its neighbours alone (onion/); a connection for who
   * asked for it, who closes it.
   *
   * @throws HOP_REFUSED, PAYMENT_REQUIRED, WRONG_PEER, HANDSHAKE_REFUSED, PEER_UNREACHABLE
   */
  connectThrough(relays: readonly NodeRecord[], record: NodeRecord, signal: AbortSignal): Promise<PeerConnection>;
  /** Has better ways to all peers tried now. */
  hurry(): void;
  /** Has the users of a connection take another one of the same rung, which is open. */
  retire(connection: PeerConnection): void;
  /** Lets the paths of others pass; null for none. */
  serveHops(policy: HopPolicy | null): void;
  /** Round trip in milliseconds on this very connection (libp2p specs, ping/ping.md). */
  ping(connection: PeerConnection, signal: AbortSignal): Promise<number>;
  handle: Handle;
  unhandle(protocol: string): Promise<void>;
  /** Tells peers that we are elsewhere: those we are connected to, and those who connect in the next minute. */
  announceMove: Mover["announce"];
  /** DHT servers answer others' queries and hold their records: nodes that can be dialled. */
  serveDht(serve: boolean): Promise<void>;
  /** Takes part in the DHT of this region besides the global one; null for none. */
  joinRegion(region: string | null): Promise<void>;
}

/** Makes the overlay; it listens and dials only once started. */
export async function createOverlay(configured: OverlayConfig, deps: OverlayDeps): Promise<Overlay> {
  const config = listenable(configured, deps.log);
  const identities = createPeerIdentities();
  const traffic = createRelayedTraffic();
  const stopping = new AbortController();
  const refusals = createRefusals(deps);
  const parked = createParkedClients({ connections: () => connections() });
  const { node, circuit } = await createLibp2pNode(config, {
    ...deps,
    identities,
    parked,
    onRefusal: refusals.handshake,
    counterOf(address) {
      const relay = relayOf(address, identities);
      return relay === null ? undefined : (bytes) => traffic.add(relay, bytes);
    },
    gater: {
      async denyInboundRelayReservation(source) {
        const peerId = identities.peerIdOf(source);
        return peerId === undefined || !((await deps.mayReserve?.(peerId)) ?? false);
      },
    },
  });
  const changes = createChangeEmitter();
  node.addEventListener("connection:open", changes.emit);
  node.addEventListener("connection:close", changes.emit);
  node.addEventListener("self:peer:update", changes.emit);

  const dialled = watchDials(node, () => directAddresses(node));

  const connections = () =>
    node.getConnections().flatMap((connection) => {
      if (connection.status !== "open") return [];
      const described = describeConnection(connection, identities);
      // A path is used by who asked for it, and by nobody else.
      return described === undefined || described.path === "onion" ? [] : [described];
    });
  const connectionTo = (peerId: Hex) => bestOf(connections().filter((connection) => connection.peerId === peerId));

  const handle = createHandle({ node, identities, refusals, stopping: stopping.signal });
  const unhandle = (protocol: string) => node.unhandle(protocol);

  const portMapping = createPortMapping(config.portMapping, {
    listening: () => directAddresses(node).map((address) => multiaddr(address)),
    dataPort: () => dataPort.port,
    udpPort: () => punch.port,
    onChange: changes.emit,
    onMoved: () => mover.leaveRouter(),
    log: deps.log,
  });
  /** The number of a port of ours as the far end of a connection has to use it: beyond a router it may be another. */
  const outsideFor = ({ address }: PeerConnection, protocol: "tcp" | "udp", port: number) =>
    isPrivate(multiaddr(address)) ? undefined : portMapping.outsideOf({ protocol, port });
  const dataPortFor = (peer: PeerConnection) => {
    const own = dataPort.port;
    return own === null ? null : (outsideFor(peer, "tcp", own) ?? own);
  };

  const splices = createSplices(spliceLimits);
  const waiting = createWaiting({ connections, peerStore: node.peerStore });
  waiting.onChange(changes.emit);
  const lanes = createLanes({
    identity: deps.identity,
    dataPort: dataPortFor,
    connectionTo,
    traffic,
    handle,
    unhandle,
    refused: refusals.stream,
    onRefusal: refusals.handshake,
    stopping: stopping.signal,
    moveGraceMs: config.moveGraceMs,
  });
  const punch = createPunch(udpBeside(config, config.udpPort), {
    self: deps.identity.peerId,
    upgrader: node.services.upgrader,
    connections,
    outsidePort: (peer, own) => outsideFor(peer, "udp", own),
    handle,
    recall: waiting.recall,
    mayPunch: async (peerId) => (await deps.mayPunch?.(peerId)) ?? false,
    reflects: deps.reflects ?? true,
    onUnsupported: (error) =>
      deps.log.warn({ err: error }, "no UDP here: nodes behind NATs are reached through relays"),
    libp2pLog: node.logger.forComponent("shadowmesh:punch"),
    now: deps.now,
    stopping: stopping.signal,
  });
  const onion = createOnion({
    identity: deps.identity,
    lanes,
    verifyRecord: deps.verifyRecord,
    connect: (record, signal) => ladder.connect(record, signal),
    owe: traffic.add,
    upgrader: node.services.upgrader,
    libp2pLog: node.logger.forComponent("shadowmesh:onion"),
  });
  const { dialer, dht, regionalDht } = node.services;
  const wake = async (peerId: Hex, signal: AbortSignal) => {
    await parked.wake(peerId, signal);
    const woken = connectionTo(peerId);
    if (woken === undefined) throw new ShadowMeshError(overlayErrors.PEER_UNREACHABLE, { details: { peerId } });
    return woken.libp2p;
  };
  const relayed = createRelayedRung({
    identities,
    dialer,
    connectRelay: (addresses, signal) => node.dial(addresses, { signal }),
    roundTripMs: (peer) => node.getConnections(peer).find(({ rtt }) => rtt !== undefined)?.rtt,
    avoids: (libp2pId) => deps.avoidsRelay?.(libp2pId) === true,
  });
  const rungs = [createDirectRung(dialer, { has: parked.has, wake }), createPunchedRung(punch), relayed];
  const retirement = createRetirement({ graceMs: config.moveGraceMs }, { connections });
  const ladder = createLadder({ rungs, identities, refusals, connectionTo, retire: retirement.retire, now: deps.now });
  const cache = createPeerCache(deps.identity.peerId, deps.now);
  const { findRecord = async (peerId) => cache.get(peerId) ?? null } = deps;
  const improver = createImprover({ connections, connectionTo, findRecord, improve: ladder.improve });
  changes.onChange(improver.look);
  changes.onChange(retirement.look);
  const dataPort = createDataPort(tcpBeside(config, config.dataPort), {
    onLane: lanes.accept,
    onTicket(ticket, socket) {
      if (!parked.accept(ticket, socket)) splices.accept(ticket, socket);
    },
  });

  const mover = createMover({
    connections,
    connectionTo,
    connect: ladder.connect,
    connectAnew: ladder.connectAnew,
    retire: retirement.retire,
    ping,
    findRecord,
    cache,
    verifyRecord: deps.verifyRecord,
    dropSockets(isDead) {
      lanes.drop(isDead);
      waiting.drop(isDead);
    },
    handle,
    onMove(peerId) {
      improver.hurry(peerId);
      if (peerId === undefined) portMapping.refresh();
      changes.emit();
    },
    now: deps.now,
    log: deps.log,
  });
  changes.onChange(mover.look);
  node.addEventListener("connection:open", ({ detail }) => {
    const opened = describeConnection(detail, identities);
    if (opened !== undefined) mover.opened(opened);
  });

  return {
    cache,
    records: createRecordViews(node.services, deps.verifyRecord),
    evidence: createEvidenceDht(dht, deps.verifyLocation),
    circuit,
    lanes,
    splices,
    parked,
    waiting,
    traffic,
    punch,
    get dataPort() {
      return dataPort.port;
    },
    dataPortFor,
    async start(signal) {
      signal.throwIfAborted();
      await dataPort.start(signal);
      await punch.start(signal);
      await onion.start();
      await startListening(node, config);
      await mover.start();
      portMapping.start();
    },
    async stop() {
      stopping.abort();
      retirement.stop();
      await Promise.all([improver.stop(), mover.stop(), portMapping.stop()]);
      splices.closeAll();
      waiting.stop();
      parked.serve(null);
      await dataPort.stop();
      await node.stop();
      await punch.stop();
    },
    portMapping,
    addresses: () => publicFirst([...directAddresses(node), ...portMapping.addresses()]),
    dialled,
    connections,
    connectionTo,
    connect: ladder.connect,
    connectAnew: ladder.connectAnew,
    attempts: ladder.attempts,
    improve: ladder.improve,
    hurry: improver.hurry,
    plans: ladder.plans,
    async connectThrough(relays, record, signal) {
      const connection = await onion.connect(record, relays, signal);
      const described = describeConnection(connection, identities);
      if (described?.peerId === record.peerId) return described;
      await connection.close();
      const details = { wanted: record.peerId, proved: described?.peerId };
      throw new ShadowMeshError(overlayErrors.WRONG_PEER, { details });
    },
    retire: retirement.retire,
    serveHops: onion.serveHops,
    ping,
    handle,
    unhandle,
    announceMove: mover.announce,
    async serveDht(serve) {
      await dht.setMode(serve ? "server" : "client");
      await regionalDht.serve(serve);
    },
    joinRegion: regionalDht.join,
    onChange: changes.onChange,
  };
}
