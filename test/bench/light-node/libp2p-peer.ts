import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { identify } from "@libp2p/identify";
import { kadDHT, passthroughMapper } from "@libp2p/kad-dht";
import { ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";

// A bare js-libp2p node in its own process. Without an argument it is the bootstrap and tells its address; with one it
// dials that bootstrap and tells when it has joined: the connection is secured and muxed, and identify has run.
const bootstrap = process.argv[2];
const node = await createLibp2p({
  addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: {
    identify: identify(),
    ping: ping(),
    dht: kadDHT({ protocol: "/bench/kad/1.0.0", peerInfoMapper: passthroughMapper }),
  },
});
if (bootstrap === undefined) {
  process.send?.({ type: "ready", address: node.getMultiaddrs()[0]?.toString() });
} else {
  const identified = new Promise((resolve) => node.addEventListener("peer:identify", resolve, { once: true }));
  await node.dial(multiaddr(bootstrap));
  await identified;
  process.send?.({ type: "joined" });
}
process.on("disconnect", () => process.exit());
process.on("SIGTERM", () => process.exit());
