import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isDeepStrictEqual } from "node:util";
import { isStartable, type Stream } from "@libp2p/interface";
import { expect } from "chai";
import type { ShadowMeshError } from "../../../../../node/core/errors.ts";
import type { PeerConnection } from "../../../../../node/core/overlay/index.ts";
import { punchProtocol } from "../../../../../node/core/overlay/punch/protocol.ts";
import { readLog } from "../../../../harness/log.ts";
import { circuitAddress, createMesh, type MeshNode, type NodeOptions, soon } from "../../../../harness/mesh.ts";
import { createRandom } from "../../../../harness/random.ts";
import { readBytes } from "../../../../harness/stream.ts";
import { until } from "../../../../harness/until.ts";

const protocol = "/shadowmesh/test/1.0.0";

describe("core/overlay/punch", () => {
  const newNode = createMesh();
  const punching = { udpPort: 0, mayPunch: async () => true };

  async function newRelay() {
    const relay = await newNode(1, { mayReserve: async () => true, udpPort: 0 });
    const server = relay.overlay.circuit.createServer({ maxReservations: 8 }, () => undefined);
    if (isStartable(server)) await server.start();
    return relay;
  }

  /** A node, and how the others connect to it through the relay alone. */
  async function newBehind(relay: MeshNode, n: number, options: NodeOptions = {}) {
    const node = await newNode(n, { ...punching, ...options });
    const toRelay = await node.overlay.connect(await relay.record(), soon());
    await node.overlay.circuit.reserve(toRelay.libp2p.remotePeer, soon());
    const record = await node.record({ addresses: [await circuitAddress(relay)], relays: [relay.peerId] });
    return { node, record };
  }

  /** Two nodes behind a relay, and the relayed connection that the first one opened. */
  async function newPair({ near: ofNear = {}, far: ofFar = {} }: { near?: NodeOptions; far?: NodeOptions } = {}) {
    const relay = await newRelay();
    const { node: near } = await newBehind(relay, 2, ofNear);
    const { node: far, record } = await newBehind(relay, 3, ofFar);
    const relayed = await near.overlay.connect(record, soon());
    expect(relayed.path).to.equal("relayed");
    return { relay, near, far, relayed };
  }

  /** Tries until it opens, or fails for the reason given: on a busy machine the time for probes may pass unused. */
  const attempt = (node: MeshNode, relayed: PeerConnection, wanted: object | "opened" = "opened") =>
    until(
      () =>
        node.overlay.punch.attempt(relayed, soon()).then(
          () => "opened",
          ({ code, details }: ShadowMeshError) => ({ code, ...details }),
        ),
      (outcome) => isDeepStrictEqual(outcome, wanted),
    );
  const punchedTo = (node: MeshNode, peer: MeshNode) =>
    until(
      () => node.overlay.connectionTo(peer.peerId),
      (found) => found?.path === "punched",
    );

  async function expectEcho(connection: PeerConnection) {
    const stream = await connection.open(protocol, soon());
    expect((await readBytes(stream, 5)).toString()).to.equal("hello");
    await stream.close();
  }
  const greet = (node: MeshNode) =>
    node.overlay.handle(
      protocol,
      async (stream) => {
        stream.send(Buffer.from("hello"));
        await stream.close();
      },
      { maxInboundStreams: 4 },
    );

  it("opens a direct connection over UDP, on which both have proved who they are", async () => {
    const { near, far, relayed } = await newPair();
    await Promise.all([greet(near), greet(far)]);
    await attempt(near, relayed);
    const [there, back] = [await punchedTo(near, far), await punchedTo(far, near)];
    expect(there).to.include({ peerId: far.peerId, direction: "outbound", relay: null });
    expect(back).to.include({ peerId: near.peerId, direction: "inbound", relay: null });
    expect(there.address).to.match(/^\/ip4\/127\.0\.0\.1\/udp\/\d+\/p2p\//);
    await expectEcho(there);
    await expectEcho(back);
    expect(far.overlay.dialled(), "a punch says nothing of whether others can dial it").to.equal(false);
    expect(near.overlay.addresses().join()).not.to.include("udp");
  });

  it("passes lanes as streams of the connection, whole and in both directions", async () => {
    const { near, far, relayed } = await newPair();
    const bytes = Buffer.from(createRandom(1).bytes(3 * 2 ** 20 + 1));
    await far.overlay.lanes.handle(
      protocol,
      async ({ duplex }) => {
        for await (const chunk of duplex.iterator({ destroyOnReturn: false })) duplex.write(chunk);
        duplex.end();
        await once(duplex, "close");
      },
      { maxInbound: 1 },
    );
    await attempt(near, relayed);
    const lane = await near.overlay.lanes.open(await punchedTo(near, far), protocol, soon());
    expect(lane.dedicated).to.equal(false);
    lane.duplex.end(bytes);
    const back: Buffer[] = [];
    for await (const chunk of lane.duplex) back.push(chunk);
    expect(Buffer.concat(back).equals(bytes)).to.equal(true);
  });

  it("sends no probe for a peer that the contract does not know, and says so", async () => {
    const { near, relayed } = await newPair({ far: { mayPunch: async () => false } });
    await attempt(near, relayed, { code: "PUNCH_REFUSED", reason: "not-known" });
  });

  it("has a peer that asks again at once wait", async () => {
    let nowMs = Date.now();
    const { near, relayed } = await newPair({ far: { mayPunch: async () => false, now: () => nowMs } });
    await attempt(near, relayed, { code: "PUNCH_REFUSED", reason: "not-known" });
    await attempt(near, relayed, { code: "PUNCH_REFUSED", reason: "busy" });
    nowMs += 2_000;
    await attempt(near, relayed, { code: "PUNCH_REFUSED", reason: "not-known" });
  });

  it("says which of the two has no UDP socket", async () => {
    const without = await newPair({ near: { udpPort: null } });
    await attempt(without.near, without.relayed, { code: "PUNCH_NO_UDP" });
    const unanswered = await newPair({ far: { udpPort: null } });
    await attempt(unanswered.near, unanswered.relayed, { code: "PUNCH_REFUSED", reason: "no-udp" });
  });

  it("is a rung of the ladder that applies once the peer is relayed", async () => {
    const relay = await newRelay();
    const [{ node: near }, { record }] = [await newBehind(relay, 2), await newBehind(relay, 3)];
    const { node: without } = await newBehind(relay, 4, { udpPort: null });
    const hindrance = ({ overlay }: MeshNode) =>
      overlay.plans(record).find(({ rung }) => rung === "punched")?.hindrance?.code;
    expect(hindrance(without)).to.equal("PUNCH_NO_UDP");
    expect(hindrance(near)).to.equal("PUNCH_NO_RELAYED");
    await near.overlay.connect(record, soon());
    expect(hindrance(near)).to.equal(undefined);
  });

  it("needs a relayed connection to agree on it", async () => {
    const [near, far] = [await newNode(2, punching), await newNode(3, punching)];
    const direct = await near.overlay.connect(await far.record(), soon());
    await attempt(near, direct, { code: "PUNCH_NO_RELAYED" });
  });

  it("takes nobody for the peer who has another answer in its place", async () => {
    const relay = await newRelay();
    const { node: near } = await newBehind(relay, 2);
    const { log, lines } = readLog();
    const { node: victim, record } = await newBehind(relay, 4, { log });
    const { node: liar, record: ofLiar } = await newBehind(relay, 3, { udpPort: null });
    const toVictim = await liar.overlay.connect(record, soon());
    // Passes each message on, so that the streams and probes of the other two meet.
    const passOn = async (from: Stream, to: Stream) => {
      for await (const chunk of from) to.send(chunk.subarray());
      await to.close();
    };
    await liar.overlay.handle(
      punchProtocol,
      async (stream) => {
        const onward = await toVictim.open(punchProtocol, soon());
        await Promise.all([passOn(stream, onward), passOn(onward, stream)]);
      },
      { maxInboundStreams: 1 },
    );
    const relayed = await near.overlay.connect(ofLiar, soon());
    // Either of the two may be the first to see that it has another before it.
    await until(async () => {
      const error = await near.overlay.punch.attempt(relayed, soon()).catch((cause: unknown) => cause);
      expect(error).to.be.instanceOf(Error);
      return lines.find(
        ({ code, address }) => /WRONG_PEER|HANDSHAKE_REFUSED/.test(`${code}`) && `${address}`.includes("/udp/"),
      );
    });
    for (const node of [near, victim]) {
      expect(node.overlay.connections().filter(({ path }) => path === "punched")).to.deep.equal([]);
    }
  });

  it("goes on while strangers send it whatever they like", async () => {
    const { near, far, relayed } = await newPair();
    await greet(far);
    await attempt(near, relayed);
    const connection = await punchedTo(near, far);
    const random = createRandom(11);
    const socket = createSocket("udp4");
    for (let count = 0; count < 2_000; count++) {
      const bytes = random.bytes(random.integer(random.pick([32, 256, 1_500])));
      // As packets of streams and as our own datagrams begin.
      bytes.set(random.pick([Buffer.from([0xff, 1]), Buffer.from("SMU1"), Buffer.alloc(0)]).subarray(0, bytes.length));
      for (const node of [near, far]) socket.send(bytes, node.overlay.punch.port ?? 0, "127.0.0.1");
      if (count % 100 === 0) await expectEcho(connection);
    }
    await expectEcho(connection);
    socket.close();
  });

  it("leaves nothing open where it is stopped in the middle", async () => {
    const { near, far, relayed } = await newPair();
    const port = near.overlay.punch.port ?? 0;
    const attempted = near.overlay.punch.attempt(relayed, soon()).catch((cause: unknown) => cause);
    // It is asked of the far one while the near one waits.
    await until(() => far.overlay.connectionTo(near.peerId));
    await near.overlay.stop();
    expect(await attempted).to.be.instanceOf(Error);
    await until(async () => {
      const socket = createSocket("udp4").bind(port, "127.0.0.1");
      const bound = await once(socket, "listening").then(Boolean, () => false);
      socket.close();
      return bound;
    });
  });
});
