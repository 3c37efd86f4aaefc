import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { identify } from "@libp2p/identify";
import { kadDHT, passthroughMapper } from "@libp2p/kad-dht";
import { peerIdFromString } from "@libp2p/peer-id";
import { ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";

// A bare js-libp2p DHT server in its own process. It dials the bootstrap named on its command line, where there is one,
// tells its address, and then finds each peer that it is asked for.
const [bootstrap] = process.argv.slice(2);
const node = await createLibp2p({
  addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionManager: { inboundConnectionThreshold: 1_000, maxIncomingPendingConnections: 200 },
  services: {
    identify: identify(),
    ping: ping(),
    dht: kadDHT({ protocol: "/bench/kad/1.0.0", peerInfoMapper: passthroughMapper, clientMode: false }),
  },
});
if (bootstrap !== undefined) await node.dial(multiaddr(bootstrap));
process.on("message", async ({ id, peerId }: { id: number; peerId: string }) => {
  const startedAt = performance.now();
  try {
    await node.peerRouting.findPeer(peerIdFromString(peerId), { signal: AbortSignal.timeout(20_000) });
    process.send?.({ id, ms: performance.now() - startedAt });
  } catch {
    process.send?.({ id, ms: null });
  }
});
process.on("disconnect", () => process.exit());
process.on("SIGTERM", () => process.exit());
process.send?.({ type: "ready", address: node.getMultiaddrs()[0]?.toString(), peerId: node.peerId.toString() });
