import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { expect } from "chai";
import { messages, parkProtocol } from "../../../../../node/core/overlay/index.ts";
import { ticketMark } from "../../../../../node/core/overlay/lanes/data-port.ts";
import { readExactly } from "../../../../../node/core/overlay/lanes/index.ts";
import { aliveEveryMs, answerTimeoutMs, words } from "../../../../../node/core/overlay/parking/protocol.ts";
import { createWaiting } from "../../../../../node/core/overlay/parking/waiting.ts";
import { createManualTiming } from "../../../../harness/manual-timing.ts";
import { createMesh, soon } from "../../../../harness/mesh.ts";
import { until } from "../../../../harness/until.ts";

const ticket = "ab".repeat(32);

describe("core/overlay/parking/waiting", () => {
  const newNode = createMesh();
  const sockets: Socket[] = [];
  const dataPort = createServer();
  before(async () => {
    dataPort.listen(0, "127.0.0.1");
    await once(dataPort, "listening");
  });
  after(() => dataPort.close());
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** A client connected to a relay, whose data port the test answers for. */
  async function newClient(port = (dataPort.address() as { port: number }).port) {
    const timing = createManualTiming();
    const [relay, node] = [await newNode(1), await newNode(2, { listen: [] })];
    await relay.overlay.handle(
      parkProtocol,
      async (stream) => {
        await messages(stream).write({ port, ticket }, soon());
        await stream.close();
      },
      { maxInboundStreams: 2 },
    );
    const connection = await node.overlay.connect(await relay.record(), soon());
    const untagged: string[] = [];
    const peerStore = {
      get: async () =>
        ({
          tags: new Map([
            ["keep-alive-of-somebody", {}],
            ["other", {}],
          ]),
        }) as never,
      merge: async (_: unknown, { tags = {} }: { tags?: object }) => void untagged.push(...Object.keys(tags)) as never,
    };
    const waiting = createWaiting({ connections: node.overlay.connections, peerStore, timing });
    return { timing, relay, node, connection, waiting, untagged };
  }

  /** The relay's end of the next socket at its data port, once it has shown the ticket. */
  async function nextSocket(answer: number): Promise<Socket> {
    const [socket] = (await once(dataPort, "connection")) as [Socket];
    socket.on("error", () => undefined);
    sockets.push(socket);
    const shown = await readExactly(socket, 33, soon());
    expect(shown.toString("hex")).to.equal(ticketMark.toString(16) + ticket);
    socket.write(Buffer.of(answer));
    return socket;
  }

  async function newPlace() {
    const client = await newClient();
    const coming = nextSocket(words.parked);
    const place = await client.waiting.park(client.connection, soon());
    return { ...client, place, socket: await coming };
  }

  it("closes the connection once the relay has taken the ticket, and has libp2p not open it again", async () => {
    const { waiting, place, relay, node, connection, untagged } = await newPlace();
    expect([...waiting.places.keys()]).to.deep.equal([relay.peerId]);
    expect(place).to.include({ peerId: relay.peerId, direction: "outbound", address: connection.address });
    expect(connection.libp2p.status).to.equal("closed");
    expect(node.overlay.connectionTo(relay.peerId)).to.equal(undefined);
    await until(() => relay.overlay.connectionTo(node.peerId) === undefined);
    expect(untagged).to.deep.equal(["keep-alive-of-somebody"]);
  });

  it("is woken by the relay, and keeps its place until it leaves it", async () => {
    const { waiting, place, socket, relay } = await newPlace();
    socket.write(Buffer.of(words.wake));
    expect(await place.ended).to.equal("woken");
    expect(waiting.places.has(relay.peerId)).to.equal(true);
    place.leave();
    expect(waiting.places.size).to.equal(0);
    await once(socket.resume(), "close");
  });

  it("says that it is there, again where it is answered", async () => {
    const { place, socket, timing } = await newPlace();
    timing.advance(aliveEveryMs);
    expect(await readExactly(socket, 1, soon())).to.deep.equal(Buffer.of(words.alive));
    // Who has heard the second word has heard the first.
    socket.write(Buffer.of(words.alive, words.wake));
    expect(await place.ended).to.equal("woken");
    timing.advance(aliveEveryMs);
    expect(await readExactly(socket, 1, soon())).to.deep.equal(Buffer.of(words.alive));
  });

  it("is lost where the relay does not answer in time", async () => {
    const { place, timing, waiting, relay } = await newPlace();
    timing.advance(aliveEveryMs + answerTimeoutMs);
    expect(await place.ended).to.equal("lost");
    expect(waiting.places.has(relay.peerId), "it is left by who is back").to.equal(true);
  });

  it("is lost where the relay ends the socket, or says what it can't", async () => {
    for (const act of [
      (socket: Socket) => socket.end(),
      (socket: Socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"),
    ]) {
      const { place, socket } = await newPlace();
      act(socket);
      expect(await place.ended).to.equal("lost");
      place.leave();
    }
  });

  it("is lost at once where the address that its socket uses has gone", async () => {
    const { place, waiting, relay } = await newPlace();
    waiting.drop(({ localHost }) => localHost !== "127.0.0.1");
    expect(waiting.places.size).to.equal(1);
    waiting.drop(({ peerId, localHost, remoteHost }) => {
      expect([peerId, remoteHost]).to.deep.equal([relay.peerId, "127.0.0.1"]);
      return localHost === "127.0.0.1";
    });
    expect(await place.ended).to.equal("lost");
  });

  it("leaves its places where connections are wanted, and says when that is done", async () => {
    const { waiting, place } = await newPlace();
    const recalled = waiting.recall(soon());
    expect(await place.ended).to.equal("recalled");
    place.leave();
    await recalled;
    expect(waiting.places.size).to.equal(0);
  });

  it("keeps the connection where the relay closes the socket, or its data port can't be reached", async () => {
    const refused = await newClient();
    const coming = nextSocket(words.wake);
    await rejected(refused.waiting.park(refused.connection, soon()));
    await coming;
    expect(refused.connection.libp2p.status).to.equal("open");

    const closed = createServer();
    closed.listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const unreachable = await newClient(port);
    await rejected(unreachable.waiting.park(unreachable.connection, soon()));
    expect(unreachable.connection.libp2p.status).to.equal("open");
    expect(unreachable.waiting.places.size).to.equal(0);
  });

  it("keeps a connection that somebody has begun to use meanwhile", async () => {
    const { waiting, connection, relay } = await newClient();
    await relay.overlay.handle("/test", async () => undefined, { maxInboundStreams: 1 });
    const stream = await connection.open("/test", soon());
    const coming = nextSocket(words.parked);
    await rejected(waiting.park(connection, soon()));
    await once((await coming).resume(), "close");
    expect([connection.libp2p.status, stream.status]).to.deep.equal(["open", "open"]);
  });
});

async function rejected(promise: Promise<unknown>): Promise<void> {
  const [outcome] = await Promise.allSettled([promise]);
  expect(outcome.status).to.equal("rejected");
}
