import { yamux } from "@chainsafe/libp2p-yamux";
import { identify } from "@libp2p/identify";
import type { ConnectionGater, Upgrader } from "@libp2p/interface";
import { passthroughMapper } from "@libp2p/kad-dht";
import { ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { webSockets } from "@libp2p/websockets";
import { createLibp2p } from "libp2p";
import type { Identity } from "../identity/index.ts";
import { maxReadBufferBytes, maxWindowBytes, mendOnDrain } from "./back-pressure.ts";
import { createCircuit, type ParkedPeers } from "./circuit.ts";
import type { OverlayConfig } from "./config.ts";
import { dhtAmongServers, type MayServeDht } from "./dht-servers.ts";
import { evidenceNamespace, evidenceSelector, evidenceValidator, type VerifyLocation } from "./evidence-dht.ts";
import { dialer } from "./ladder/index.ts";
import { lanPeers } from "./lan.ts";
import { libp2pLog } from "./libp2p-log.ts";
import { ownAddresses } from "./own-addresses.ts";
import { type HandshakeRefusal, type PeerIdentities, pqTls } from "./pq-tls/index.ts";
import { recordNamespace, recordSelector, recordValidator, type VerifyRecord } from "./record-dht.ts";
import { regionalDht } from "./regional-dht.ts";

/** The global DHT of ShadowMesh, apart from every other libp2p network's. */
export const dhtProtocol = "/shadowmesh/kad/1.0.0";

/**
 * The one keep-alive of a connection, beside which yamux needs none. A NAT forgets what is silent for some minutes. An
 * answer that takes long is a busy machine's: closing its connections would give it handshakes to do on top.
 */
const keepAlive = { pingInterval: 30_000, pingTimeout: { minTimeout: 15_000 } };

/** Assembles the libp2p node, not started: TCP, WebSocket and circuits; our handshake alone; yamux; identify, ping, DHT. */
export async function createLibp2pNode(
  config: OverlayConfig,
  deps: {
    identity: Identity;
    identities: PeerIdentities;
    parked: ParkedPeers;
    counterOf(address: string): ((bytes: number) => void) | undefined;
    onRefusal: (refusal: HandshakeRefusal) => void;
    verifyRecord: VerifyRecord;
    verifyLocation?: VerifyLocation;
    mayServeDht?: MayServeDht;
    gater: ConnectionGater;
  },
) {
  mendOnDrain();
  const { transport, service, circuit } = createCircuit(deps.identities, deps.parked);
  // One for both views: what either has seen of a node, the other takes nothing older than.
  const validateRecord = recordValidator(deps.verifyRecord);
  const node = await createLibp2p({
    start: false,
    ...libp2pLog(),
    nodeInfo: { userAgent: "shadowmesh" },
    privateKey: deps.identity.libp2pKey,
    addresses: { listen: [...config.listen], announce: [...config.announce] },
    transports: [tcp(), webSockets(), transport],
    connectionEncrypters: [pqTls(deps)],
    streamMuxers: [
      yamux({
        enableKeepAlive: false,
        streamOptions: { maxStreamWindowSize: maxWindowBytes, maxReadBufferLength: maxReadBufferBytes },
      }),
    ],
    connectionGater: deps.gater,
    connectionManager: {
      maxConnections: config.maxConnections,
      // The defaults (5 a second and host, 10 pending) reset connections when a handful of nodes join at once.
      inboundConnectionThreshold: 100,
      maxIncomingPendingConnections: 200,
      // Of relays and DHT servers; peers are dialled by the ladder.
      addressDialTimeout: 3_000,
    },
    connectionMonitor: keepAlive,
    services: {
      identify: identify({ maxInboundStreams: 16 }),
      ping: ping({ maxInboundStreams: 8, maxOutboundStreams: 8 }),
      dht: dhtAmongServers(deps, {
        protocol: dhtProtocol,
        logPrefix: "shadowmesh:kad",
        clientMode: true,
        peerInfoMapper: passthroughMapper,
        allowQueryWithZeroPeers: true,
        validators: {
          [recordNamespace]: validateRecord,
          [evidenceNamespace]: evidenceValidator(deps.verifyLocation),
        },
        selectors: { [recordNamespace]: recordSelector, [evidenceNamespace]: evidenceSelector },
      }),
      regionalDht: regionalDht(deps, {
        peerInfoMapper: passthroughMapper,
        validators: { [recordNamespace]: validateRecord },
        selectors: { [recordNamespace]: recordSelector },
      }),
      circuit: service,
      lan: lanPeers(config),
      ownAddresses: ownAddresses(),
      dialer: dialer(),
      // What makes a connection of bytes that come another way than by libp2p's transports.
      upgrader: ({ upgrader }: { upgrader: Upgrader }) => upgrader,
    },
  });
  return { node, circuit };
}

export type Libp2pNode = Awaited<ReturnType<typeof createLibp2pNode>>["node"];
