import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { createIdentity } from "../../../node/core/identity/index.ts";
import { createCertificate } from "../../../node/core/overlay/pq-tls/certificate.ts";
import { keyExchangeGroup } from "../../../node/core/overlay/pq-tls/index.ts";
import type { Pipe, Stack } from "./stack.ts";

const host = "127.0.0.1";

export function toPipe(duplex: Duplex): Pipe {
  return {
    write: (chunk) => duplex.write(chunk),
    drained: () => once(duplex, "drain"),
    onBytes: (listener) => void duplex.on("data", ({ length }: Buffer) => listener(length)),
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, host);
  await once(server, "listening");
  return String((server.address() as AddressInfo).port);
}

/** What a relay cannot beat: a process that pipes one socket of `node:net` into another, for ends that speak it bare. */
export function createProxied(): Stack {
  return {
    async relay() {
      let waiting: Socket | undefined;
      return listen(
        createServer({ noDelay: true }, (socket) => {
          if (waiting === undefined) waiting = socket;
          else waiting.pipe(socket).pipe(waiting);
        }),
      );
    },
    async receive(relay, serve) {
      const socket = connect({ host, port: Number(relay), noDelay: true });
      await once(socket, "connect");
      serve(toPipe(socket));
      return String(relay);
    },
    dial: async (relay) => async () => {
      const socket = connect({ host, port: Number(relay), noDelay: true });
      await once(socket, "connect");
      return toPipe(socket);
    },
  };
}

/** What a secured connection cannot beat: Node's TLS, with our key exchange and cipher, without libp2p. */
export function createBareTls(): Stack {
  const settings = {
    minVersion: "TLSv1.3",
    ciphers: "TLS_AES_256_GCM_SHA384",
    ecdhCurve: keyExchangeGroup,
    rejectUnauthorized: false,
  } as const;
  return {
    relay: () => Promise.reject(new Error("nothing relays it")),
    async receive(_, serve) {
      const credentials = await createCertificate(createIdentity(new Uint8Array(32).fill(1)));
      return listen(createTlsServer({ ...settings, ...credentials }, (socket) => serve(toPipe(socket))));
    },
    dial: async (port) => async () => {
      const socket = connectTls({ ...settings, host, port: Number(port) });
      await once(socket, "secureConnect");
      return toPipe(socket);
    },
  };
}
