import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { isStartable } from "@libp2p/interface";
import { expect } from "chai";
import type { Hex } from "viem";
import type { Lane, PeerConnection } from "../../../../../node/core/overlay/index.ts";
import { laneAlpn, laneAnswerSchema, laneProtocol, messages } from "../../../../../node/core/overlay/lanes/protocol.ts";
import { credentialsOf, secureSocket } from "../../../../../node/core/overlay/pq-tls/index.ts";
import { createSplicing } from "../../../../../node/services/relay/splicing.ts";
import { readLog } from "../../../../harness/log.ts";
import { circuitAddress, createMesh, type MeshNode, soon } from "../../../../harness/mesh.ts";
import { until } from "../../../../harness/until.ts";

const protocol = "/shadowmesh/test/1.0.0";
const mebibyte = 2 ** 20;

describe("core/overlay/lanes", () => {
  const newNode = createMesh();

  /** Has the node answer each lane with the SHA-256 of what came, once it has ended. */
  async function serveHash(node: MeshNode, served: { lane: Lane; peer: PeerConnection }[] = []) {
    await node.overlay.lanes.handle(
      protocol,
      async (lane, peer) => {
        served.push({ lane, peer });
        const hash = createHash("sha256");
        for await (const chunk of lane.duplex.iterator({ destroyOnReturn: false })) hash.update(chunk);
        lane.duplex.end(hash.digest());
        await once(lane.duplex, "close");
      },
      { maxInbound: 2 },
    );
    return served;
  }

  async function expectHash({ duplex }: Lane, bytes: Buffer) {
    duplex.end(bytes);
    const parts: Buffer[] = [];
    for await (const part of duplex) parts.push(part);
    expect(Buffer.concat(parts).toString("hex")).to.equal(createHash("sha256").update(bytes).digest("hex"));
  }

  /** A private node behind a relay that passes lanes, and what the relay counted of each client. */
  async function newRelayed(relayOptions: { dataPort?: number | null } = {}) {
    const relay = await newNode(1, { mayReserve: async () => true, ...relayOptions });
    const server = relay.overlay.circuit.createServer({ maxReservations: 8 }, () => undefined);
    if (isStartable(server)) await server.start();
    const counted = new Map<Hex, number>();
    const meter = (client: Hex, bytes: number) => void counted.set(client, (counted.get(client) ?? 0) + bytes);
    const mayPass = async (peerId: Hex) => peerId !== identityOfStranger;
    await createSplicing({ overlay: relay.overlay, mayPass, meter, settle: async () => true }).begin();
    const hidden = await newNode(2, { listen: [] });
    const toRelay = await hidden.overlay.connect(await relay.record(), soon());
    await hidden.overlay.circuit.reserve(toRelay.libp2p.remotePeer, soon());
    const record = await hidden.record({ addresses: [await circuitAddress(relay)], relays: [relay.peerId] });
    return { relay, hidden, record, counted };
  }
  let identityOfStranger: Hex | undefined;
  afterEach(() => {
    identityOfStranger = undefined;
  });

  it("opens a connection of its own to a node that can be dialled", async () => {
    const [server, client] = [await newNode(1), await newNode(2, { listen: [] })];
    const served = await serveHash(server);
    const connection = await client.overlay.connect(await server.record(), soon());
    const lane = await client.overlay.lanes.open(connection, protocol, soon());
    expect(lane.dedicated).to.equal(true);
    await expectHash(lane, randomBytes(3 * mebibyte + 1));
    expect(served).to.have.length(1);
    expect(served[0]?.peer.peerId).to.equal(client.peerId);
    expect(served[0]?.lane.dedicated).to.equal(true);
  });

  it("has a node that cannot be dialled come to the opener", async () => {
    const [server, client] = [await newNode(1), await newNode(2, { listen: [] })];
    await serveHash(client);
    await client.overlay.connect(await server.record(), soon());
    const connection = await until(() => server.overlay.connectionTo(client.peerId));
    const lane = await server.overlay.lanes.open(connection, protocol, soon());
    expect(lane.dedicated).to.equal(true);
    await expectHash(lane, randomBytes(mebibyte));
  });

  it("meets a node behind a relay at the relay's data port, which counts the bytes and reads none", async () => {
    const { hidden, record, counted, relay } = await newRelayed();
    await serveHash(hidden);
    const client = await newNode(3, { listen: [] });
    const connection = await client.overlay.connect(record, soon());
    expect(connection.path).to.equal("relayed");
    const lane = await client.overlay.lanes.open(connection, protocol, soon());
    expect(lane.dedicated).to.equal(true);
    await expectHash(lane, randomBytes(5 * mebibyte));
    expect([...counted.keys()]).to.deep.equal([client.peerId]);
    // All that was sent, and what TLS and both certificates add.
    expect(counted.get(client.peerId)).to.be.within(5 * mebibyte, 5 * mebibyte + 64 * 1024);
    await until(
      () => relay.overlay.splices.count,
      (count) => count === 0,
    );
  });

  it("uses a stream of the connection where there is no port to meet at", async () => {
    const [server, client] = [await newNode(1, { dataPort: null }), await newNode(2, { listen: [] })];
    const served = await serveHash(server);
    const connection = await client.overlay.connect(await server.record(), soon());
    const lane = await client.overlay.lanes.open(connection, protocol, soon());
    expect(lane.dedicated).to.equal(false);
    await expectHash(lane, randomBytes(mebibyte));
    expect(served[0]?.lane.dedicated).to.equal(false);
  });

  for (const [why, refuses] of [
    ["has no data port", "port"],
    ["does not know the node", "stranger"],
  ] as const) {
    it(`uses a stream of the connection where the relay ${why}`, async () => {
      const { hidden, record, counted } = await newRelayed(refuses === "port" ? { dataPort: null } : {});
      await serveHash(hidden);
      const client = await newNode(3, { listen: [] });
      if (refuses === "stranger") identityOfStranger = client.peerId;
      const connection = await client.overlay.connect(record, soon());
      const lane = await client.overlay.lanes.open(connection, protocol, soon());
      expect(lane.dedicated).to.equal(false);
      await expectHash(lane, randomBytes(mebibyte));
      expect(counted.size).to.equal(0);
    });
  }

  it("serves no more at a time than it was told", async () => {
    const [server, client] = [await newNode(1), await newNode(2, { listen: [] })];
    const served = await serveHash(server);
    const connection = await client.overlay.connect(await server.record(), soon());
    const open = () => client.overlay.lanes.open(connection, protocol, soon());
    const first = await open();
    await open();
    const third = await open();
    third.duplex.on("error", () => undefined);
    third.duplex.resume();
    await once(third.duplex, "end");
    expect(served).to.have.length(2);
    await expectHash(first, Buffer.from("the first is still served"));
  });

  it("opens nothing for a protocol that the peer does not serve", async () => {
    const [server, client] = [await newNode(1), await newNode(2, { listen: [] })];
    const connection = await client.overlay.connect(await server.record(), soon());
    const error = await client.overlay.lanes.open(connection, protocol, soon()).catch((cause: unknown) => cause);
    expect(error).to.be.instanceOf(Error);
  });

  it("closes a socket that says nothing it knows, and serves the next", async () => {
    const [server, client] = [await newNode(1), await newNode(2, { listen: [] })];
    await serveHash(server);
    for (const greeting of [Buffer.from("GET / HTTP/1.1\r\n\r\n"), Buffer.alloc(33, "T"), randomTlsRecord()]) {
      const socket = connect(server.overlay.dataPort ?? 0, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.resume();
      socket.write(greeting);
      await once(socket, "close");
    }
    const connection = await client.overlay.connect(await server.record(), soon());
    const lane = await client.overlay.lanes.open(connection, protocol, soon());
    expect(lane.dedicated).to.equal(true);
    await expectHash(lane, Buffer.from("hello"));
  });

  it("logs who proved nothing at its data port, and who came for the lane of another", async () => {
    const { log, lines, pseudonymOf } = readLog();
    const [server, client, other] = [await newNode(1, { log }), await newNode(2), await newNode(3)];
    const served = await serveHash(server);
    const refused = (code: string) => lines.filter((line) => line.code === code && line.address !== undefined);
    const dataPort = server.overlay.dataPort ?? 0;

    const addresses: string[] = [];
    const knock = async () => {
      const socket = connect(dataPort, "127.0.0.1", () => socket.write(randomTlsRecord()));
      socket.on("error", () => undefined).resume();
      await once(socket, "connect");
      addresses.push(`/ip4/127.0.0.1/tcp/${socket.localPort}`);
      await once(socket, "close");
      return refused("HANDSHAKE_REFUSED")[0];
    };
    const { msg, address, details } = await until(knock);
    expect(msg).to.equal("a handshake was refused");
    expect(address).to.be.oneOf(addresses);
    expect(details).to.have.property("reason");

    const connection = await client.overlay.connect(await server.record(), soon());
    /** Comes as the third node for a lane that the second asked for: within ten seconds, or it is gone. */
    const comeForAnother = async () => {
      const id = randomBytes(32).toString("hex");
      const stream = await connection.open(laneProtocol, soon());
      const control = messages(stream);
      await control.write({ id, protocol, port: null, splice: null }, soon());
      expect(await control.read(laneAnswerSchema, soon())).to.deep.equal({ coming: false, port: dataPort });
      const { socket } = await secureSocket(connect(dataPort, "127.0.0.1"), {
        isServer: false,
        credentials: await credentialsOf(other.identity),
        protocols: [laneAlpn],
        signal: soon(),
      });
      socket.resume().write(Buffer.from(id, "hex"));
      await once(socket, "close");
      return refused("WRONG_PEER")[0];
    };
    const stranger = await until(() => comeForAnother().catch(() => undefined));
    const [wanted, proved] = [pseudonymOf(client.peerId), pseudonymOf(other.peerId)];
    expect(stranger.details).to.deep.equal({ wanted, proved });
    expect(served).to.deep.equal([]);
  });
});

/** Begins like a ClientHello, and is none. */
function randomTlsRecord(): Buffer {
  return Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0]), randomBytes(512)]);
}
