import { yamux } from "@chainsafe/libp2p-yamux";
import { identify } from "@libp2p/identify";
import type { ConnectionEncrypter, PeerId } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { webSockets } from "@libp2p/websockets";
import { createLibp2p, type Libp2pOptions } from "libp2p";
import type { Hex } from "viem";
import type { Identity } from "../../node/core/identity/index.ts";
import { createPeerIdentities, pqTls } from "../../node/core/overlay/pq-tls/index.ts";

type Encrypters = NonNullable<Libp2pOptions["connectionEncrypters"]>;

/** A bare libp2p node with the given encrypters, and what became of each handshake. */
export async function startLibp2pPeer(
  options: Partial<Libp2pOptions> & { identity: Identity; encrypter?: Encrypters[number] },
) {
  const { identity, encrypter, ...rest } = options;
  const identities = createPeerIdentities();
  const handshakes: { direction: "inbound" | "outbound"; error: unknown }[] = [];

  /** Does as the encrypter does and remembers how it ended. */
  const watched: Encrypters[number] = (components) => {
    const inner = (encrypter ?? pqTls({ identity, identities }))(components) as ConnectionEncrypter;
    const watch =
      (direction: "inbound" | "outbound", secure: ConnectionEncrypter["secureInbound"]) =>
      async (...args: Parameters<ConnectionEncrypter["secureInbound"]>) => {
        try {
          const secured = await secure.apply(inner, args);
          handshakes.push({ direction, error: undefined });
          return secured;
        } catch (error) {
          handshakes.push({ direction, error });
          throw error;
        }
      };
    return {
      protocol: inner.protocol,
      [Symbol.toStringTag]: "@shadowmesh/watched",
      secureInbound: watch("inbound", inner.secureInbound),
      secureOutbound: watch("outbound", inner.secureOutbound),
    } as ConnectionEncrypter;
  };

  const node = await createLibp2p({
    privateKey: identity.libp2pKey,
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0/ws"] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [watched],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    connectionManager: { inboundConnectionThreshold: 1_000, addressDialTimeout: 2_000 },
    ...rest,
    services: { identify: identify(), ...rest.services },
  });
  await node.start();
  const address = (transport: "tcp" | "ws") => {
    const found = node
      .getMultiaddrs()
      .find((candidate) => candidate.toString().includes("/ws") === (transport === "ws"));
    if (found === undefined) throw new Error(`it does not listen on ${transport}`);
    return found;
  };
  return {
    node,
    handshakes,
    address,
    port: Number(address("tcp").toString().split("/")[4]),
    peerIdOf: (libp2pId: PeerId): Hex | undefined => identities.peerIdOf(libp2pId),
  };
}

export type Libp2pPeer = Awaited<ReturnType<typeof startLibp2pPeer>>;
