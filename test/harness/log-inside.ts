import { multiaddr } from "@multiformats/multiaddr";
import { ShadowMeshError } from "../../node/core/errors.ts";
import { libp2pIdOf, overlayErrors } from "../../node/core/overlay/index.ts";
import { createMembership, createMembershipStore } from "../../node/services/membership/index.ts";
import { createChainPort } from "./chain-port.ts";
import { identityOf, verifyAt } from "./identities.ts";
import { startLibp2pPeer } from "./libp2p-peer.ts";
import { readLog } from "./log.ts";
import { registrationFor } from "./membership.ts";
import { createMeshNode, soon } from "./mesh.ts";
import { pretendedPqTls } from "./pretended-pq-tls.ts";
import { startTestBackbone } from "./test-backbone.ts";
import { until } from "./until.ts";

// On a network that a test has made, with addresses of its own: has strangers, peers and backbones give a node causes
// to log something, and prints the lines and who was there.
const [folder = "", host4 = "", host6 = ""] = process.argv.slice(2);
const protocol = "/shadowmesh/test/1.0.0";
const { log, lines } = readLog();
const listen = [`/ip4/${host4}/tcp/0`, `/ip6/${host6}/tcp/0`];
const logged = (message: string, count = 1) => until(() => lines.filter(({ msg }) => msg === message).length >= count);

const node = await createMeshNode(1, { listen, log });
const peer = await createMeshNode(2, { listen });
const away = await createMeshNode(101, { listen });
const near = await createMeshNode(100, { listen });

// A stranger over each protocol of the Internet, whose handshake is none.
const stranger = await startLibp2pPeer({ identity: identityOf(3), encrypter: pretendedPqTls as never });
const record = await node.record();
for (const address of record.addresses) {
  const target = multiaddr(`${address.replace(/\/p2p\/.*/, "")}/p2p/${libp2pIdOf(record)}`);
  await stranger.node.dial(target).catch(() => undefined);
}
await logged("a handshake was refused", listen.length);

// A peer who breaks a protocol, twice.
const malformed = () => Promise.reject(new ShadowMeshError(overlayErrors.MALFORMED_FRAME));
await node.overlay.handle(protocol, malformed, { maxInboundStreams: 4 });
const connection = await peer.overlay.connect(record, soon());
for (const _ of [1, 2]) {
  const stream = await connection.open(protocol, soon());
  await until(() => stream.status === "reset");
}
await logged("a stream was refused", 2);

// A backbone that answers and cannot be reached through the overlay, and one that takes the node in.
const backbones = [await startTestBackbone(away), await startTestBackbone(near)] as const;
await away.overlay.stop();
// Measured as the farther one, it is asked second.
backbones[1].state.latencyMs = 1_000;
const port = createChainPort();
port.list(...backbones.map(({ peerId, url }) => ({ peerId, url, region: "europe" })));
port.register(registrationFor(node.peerId));
const membership = await createMembership(
  { backbones: [] },
  {
    identity: node.identity,
    chain: port.chain,
    overlay: node.overlay,
    verifyRecord: verifyAt(),
    store: createMembershipStore(folder),
    now: Date.now,
    log,
  },
);
await membership.start(soon());
await logged("no session with this backbone");
await logged("authenticated");

const strangers = [peer, away, near].map(({ identity }) => identity);
const ids = [...strangers, identityOf(3)].flatMap(({ peerId, libp2pKey }) => [peerId, libp2pKey.publicKey.toString()]);
console.log(JSON.stringify({ lines, ids }));
process.exit();
