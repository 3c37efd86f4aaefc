import { once } from "node:events";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, TLSSocket, type TLSSocketOptions } from "node:tls";
import { pqTlsProtocol } from "../../node/core/overlay/pq-tls/index.ts";

/** multistream-select 1.0: a line is its length, as a varint, and its text with a newline. */
const line = (text: string) => Buffer.from([text.length + 1, ...Buffer.from(`${text}\n`)]);
const preamble = Buffer.concat([line("/multistream/1.0.0"), line(pqTlsProtocol)]);

/** What a peer that is no libp2p brings to the handshake: node:tls, and whatever options it likes. */
export interface RawPeer {
  tls: ConnectionOptions & TLSSocketOptions;
  /** Hears of each session that the other end would resume. */
  onSession?: (session: Buffer) => void;
}

/**
 * Dials a libp2p listener by TCP and agrees on our handshake's name, and then does TLS its own way.
 *
 * @returns the socket after TLS is done and held, or the error that ended it
 */
export async function dialRaw(port: number, peer: RawPeer): Promise<TLSSocket | Error> {
  const tcp = connectTcp(port, "127.0.0.1");
  await once(tcp, "connect");
  tcp.write(preamble);
  await readExactly(tcp, preamble.length);
  const socket = connectTls({ rejectUnauthorized: false, minVersion: "TLSv1.3", ...peer.tls, socket: tcp });
  if (peer.onSession !== undefined) socket.on("session", peer.onSession);
  return new Promise((resolve) => {
    socket.on("error", (error) => resolve(error));
    socket.on("close", () => resolve(new Error("closed")));
    // TLS 1.3: a client is done before the server has judged its certificate. One that is accepted hears from libp2p.
    socket.on("data", () => resolve(socket));
  });
}

/** Listens by TCP as a libp2p peer that agrees on our handshake's name, and then does TLS its own way. */
export async function listenRaw(peer: RawPeer): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((tcp) => {
    sockets.add(tcp);
    tcp.on("error", () => undefined);
    void readExactly(tcp, preamble.length).then(
      () => {
        tcp.write(preamble);
        const socket = new TLSSocket(tcp, {
          isServer: true,
          requestCert: true,
          rejectUnauthorized: false,
          minVersion: "TLSv1.3",
          ALPNProtocols: ["libp2p"],
          ...peer.tls,
        });
        socket.on("error", () => undefined);
      },
      () => undefined,
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return {
    port: address.port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Reads so many bytes and leaves the rest in the socket, paused. */
async function readExactly(socket: Socket, length: number): Promise<Buffer> {
  for (;;) {
    const bytes: Buffer | null = socket.read(length);
    if (bytes !== null) return bytes;
    await Promise.race([
      once(socket, "readable"),
      once(socket, "close").then(() => Promise.reject(new Error("closed before the handshake"))),
    ]);
  }
}
