import { once } from "node:events";
import { yamux } from "@chainsafe/libp2p-yamux";
import { circuitRelayServer, circuitRelayTransport } from "@libp2p/circuit-relay-v2";
import { identify } from "@libp2p/identify";
import type { Stream } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { tls } from "@libp2p/tls";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { until } from "../../harness/until.ts";
import type { Pipe, Stack } from "./stack.ts";

const protocol = "/bench/transfer/1.0.0";

const base = {
  transports: [tcp(), circuitRelayTransport()],
  connectionEncrypters: [tls()],
  streamMuxers: [yamux()],
  services: { identify: identify() },
  connectionManager: { inboundConnectionThreshold: 1e6 },
};

/** js-libp2p as its documentation puts it together, with the limits of its relay lifted: they end a circuit at 128 KiB. */
export function createLibp2pStack(): Stack {
  return {
    async relay() {
      const reservations = { applyDefaultLimit: false, maxReservations: 1000 };
      const node = await createLibp2p({
        ...base,
        addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
        services: { ...base.services, relay: circuitRelayServer({ reservations }) },
      });
      return String(node.getMultiaddrs()[0]);
    },
    async receive(relay, serve) {
      const listen = relay === undefined ? "/ip4/127.0.0.1/tcp/0" : `${relay}/p2p-circuit`;
      const node = await createLibp2p({ ...base, addresses: { listen: [listen] } });
      await node.handle(protocol, (stream) => serve(toPipe(stream)), { runOnLimitedConnection: true });
      const addresses = await until(
        () => node.getMultiaddrs().map(String),
        ([first]) => first !== undefined,
        60_000,
      );
      return String(addresses[0]);
    },
    async dial(receiver) {
      const node = await createLibp2p(base);
      const connection = await node.dial(multiaddr(receiver));
      return async () => toPipe(await connection.newStream(protocol, { runOnLimitedConnection: true }));
    },
  };
}

function toPipe(stream: Stream): Pipe {
  return {
    write: (chunk) => stream.send(chunk),
    // Not `onDrain`, which waits the first time only.
    drained: () => once(stream, "drain"),
    onBytes: (listener) => stream.addEventListener("message", ({ data }) => listener(data.byteLength)),
  };
}
