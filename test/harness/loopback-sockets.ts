import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface SocketPair {
  client: Socket;
  relay: Socket;
}

/**
 * Makes pairs of sockets over loopback, a client's and the relay's end of it; with `allowHalfOpen` a client goes on writing
 * after the relay's end. Call it inside a `describe`.
 */
export function loopbackSockets({ allowHalfOpen = false } = {}): () => Promise<SocketPair> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true });
  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => server.close());
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  return async () => {
    const { port } = server.address() as { port: number };
    const accepted = once(server, "connection");
    const client = connect({ port, host: "127.0.0.1", allowHalfOpen });
    const [relay] = (await accepted) as [Socket];
    for (const socket of [client, relay]) socket.on("error", () => undefined);
    sockets.push(client, relay);
    return { client, relay };
  };
}
