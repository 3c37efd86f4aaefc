import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { tcp } from "@libp2p/tcp";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { createIdentity } from "../../../node/core/identity/index.ts";
import { createCertificate, verifyCertificate } from "../../../node/core/overlay/pq-tls/certificate.ts";
import { createPeerIdentities, keyExchangeGroup, pqTls } from "../../../node/core/overlay/pq-tls/index.ts";

export const stackNames = ["ours", "noise", "tls"] as const;
/** `ours` and `noise` are js-libp2p alike but for the handshake; `tls` is Node's TLS alone, with our certificates. */
export type StackName = (typeof stackNames)[number];

/** One end of connections that are secured in one way. */
export interface Stack {
  /** Listens on a free port; returns its address for `dial`. */
  listen(): Promise<string>;
  /** A fresh connection, both ends proved; returns what closes it. */
  dial(address: string): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export function createStack(name: StackName): Promise<Stack> {
  return name === "tls" ? createTlsStack() : createLibp2pStack(name);
}

async function createLibp2pStack(name: "ours" | "noise"): Promise<Stack> {
  const identity = createIdentity(randomBytes(32));
  const node = await createLibp2p({
    privateKey: name === "ours" ? identity.libp2pKey : await generateKeyPair("Ed25519"),
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
    transports: [tcp()],
    connectionEncrypters: [name === "ours" ? pqTls({ identity, identities: createPeerIdentities() }) : noise()],
    streamMuxers: [yamux()],
    // Hundreds of connections a minute from one host are what a benchmark is, and what the defaults refuse.
    connectionManager: { inboundConnectionThreshold: 1e6 },
  });
  return {
    listen: async () => String(node.getMultiaddrs()[0]),
    async dial(address) {
      const connection = await node.dial(multiaddr(address));
      return () => connection.close();
    },
    close: async () => node.stop(),
  };
}

async function createTlsStack(): Promise<Stack> {
  const credentials = await createCertificate(createIdentity(randomBytes(32)));
  const settings = {
    ...credentials,
    minVersion: "TLSv1.3",
    ciphers: "TLS_AES_256_GCM_SHA384",
    ecdhCurve: keyExchangeGroup,
    sigalgs: "mldsa87",
    rejectUnauthorized: false,
  } as const;
  const prove = (socket: TLSSocket) => verifyCertificate(socket.getPeerCertificate(false).raw);
  const server = createServer({ ...settings, requestCert: true }, async (socket) => {
    socket.on("error", () => undefined);
    await prove(socket);
    // TLS 1.3's client is done before its certificate has arrived: only an answer proves that both ends agree.
    socket.write("1");
  });
  return {
    async listen() {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      return String((server.address() as AddressInfo).port);
    },
    async dial(address) {
      const socket = connect({ ...settings, host: "127.0.0.1", port: Number(address) });
      await once(socket, "secureConnect");
      await prove(socket);
      await once(socket, "data");
      return async () => {
        socket.destroy();
        await once(socket, "close");
      };
    },
    close: async () => void server.close(),
  };
}
