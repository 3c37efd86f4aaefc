import { createHash } from "node:crypto";
import { expect } from "chai";
import type { PeerConnection } from "../../../../node/core/overlay/index.ts";
import { createThroughput, type Throughput } from "../../../../node/services/throughput/index.ts";
import {
  answerBytes,
  chunkBytes,
  decodeLength,
  encodeLength,
  maxInboundTransfers,
  maxTransferBytes,
  throughputProtocol,
} from "../../../../node/services/throughput/protocol.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { createMesh, type MeshNode, soon } from "../../../harness/mesh.ts";
import { readBytes } from "../../../harness/stream.ts";
import { until } from "../../../harness/until.ts";

describe("services/throughput", function () {
  this.timeout(30_000);
  const newNode = createMesh();
  const started: Throughput[] = [];
  afterEach(async () => {
    for (const throughput of started.splice(0)) await throughput.stop();
  });

  async function measureFrom(node: MeshNode, to: MeshNode): Promise<Throughput> {
    const throughput = createThroughput({
      overlay: node.overlay,
      reach: async (_, signal) => node.overlay.connect(await to.record(), signal),
    });
    started.push(throughput);
    await throughput.start(soon());
    return throughput;
  }

  /** Alice, who measures, and Bob, who serves; and Alice's connection for what an honest sender never does. */
  async function pair() {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const [own, far] = [await measureFrom(alice, bob), await measureFrom(bob, alice)];
    const connection = await alice.overlay.connect(await bob.record(), soon());
    return { alice, bob, own, far, connection };
  }
  const open = (connection: PeerConnection) => connection.open(throughputProtocol, soon());

  for (const bytes of [1, chunkBytes, chunkBytes + 1, 4 * 2 ** 20 + 7]) {
    it(`moves ${bytes} bytes, and the far end has the same hash`, async () => {
      const { own, bob } = await pair();
      const moved = await own.measure(bob.peerId, bytes, soon());
      expect(moved).to.include({ bytes, path: "direct", relay: null });
      expect(moved.sha256).to.match(/^[0-9a-f]{64}$/);
      expect(moved.elapsedMs).to.be.greaterThan(0);
    });
  }

  it("answers count and SHA-256 of what it received, however the bytes are cut", async () => {
    const { connection } = await pair();
    const stream = await open(connection);
    const body = Buffer.from("post-quantum mesh");
    const frame = Buffer.concat([encodeLength(body.length), body]);
    for (const byte of frame) stream.send(Uint8Array.of(byte));
    const answer = await readBytes(stream, answerBytes);
    expect(answer.subarray(0, 8)).to.deep.equal(Buffer.from(encodeLength(body.length)));
    expect(answer.subarray(8)).to.deep.equal(createHash("sha256").update(body).digest());
  });

  it("measures round trips", async () => {
    const { own, bob } = await pair();
    const { roundTripsMs, connectMs, path } = await own.ping(bob.peerId, 3, soon());
    expect(roundTripsMs).to.have.length(3);
    for (const time of [...roundTripsMs, connectMs]) expect(time).to.be.within(0, 10_000);
    expect(path).to.equal("direct");
  });

  it("takes lengths from 1 byte to 1 GiB", () => {
    expect(decodeLength(encodeLength(1))).to.equal(1);
    expect(decodeLength(encodeLength(maxTransferBytes))).to.equal(maxTransferBytes);
    expect(decodeLength(encodeLength(0))).to.equal(null);
    expect(decodeLength(encodeLength(maxTransferBytes + 1))).to.equal(null);
    expect(decodeLength(Buffer.alloc(8, 0xff))).to.equal(null);
  });

  const badFrames: [string, Buffer][] = [
    ["a length of 0", Buffer.from(encodeLength(0))],
    ["a length over 1 GiB", Buffer.from(encodeLength(maxTransferBytes + 1))],
    ["the greatest length there is", Buffer.alloc(8, 0xff)],
    ["more bytes than announced", Buffer.concat([encodeLength(3), Buffer.from("four")])],
  ];
  for (const [what, frame] of badFrames) {
    it(`resets the stream that brings ${what}, and nothing else`, async () => {
      const { connection, own, bob } = await pair();
      const stream = await open(connection);
      stream.send(frame);
      await until(() => stream.status === "reset");
      expect(connection.libp2p.status).to.equal("open");
      await own.measure(bob.peerId, 1_000, soon());
    });
  }

  it("resets a stream that ends before all announced bytes came, and then serves others", async () => {
    const { connection, own, bob } = await pair();
    for (let round = 0; round < 2 * maxInboundTransfers; round++) {
      const stream = await open(connection);
      stream.send(Buffer.concat([encodeLength(1_000), Buffer.from("too few")]));
      await stream.close();
      await until(() => stream.status !== "open" || stream.remoteWriteStatus === "closed");
    }
    await until(
      () => own.measure(bob.peerId, 1_000, soon()).catch(() => null),
      (moved) => moved !== null,
    );
  });

  it("serves two at a time and tells a third that it is busy", async () => {
    const { connection, own, bob } = await pair();
    const held = await Promise.all([open(connection), open(connection)]);
    for (const stream of held) stream.send(Buffer.concat([encodeLength(2), Buffer.from("x")]));
    for (const bytes of [1, 16 * 2 ** 20]) await expectCode(own.measure(bob.peerId, bytes, soon()), "TRANSFER_BUSY");
    for (const stream of held) stream.send(Buffer.from("y"));
    for (const stream of held) expect(await readBytes(stream, answerBytes)).to.have.length(answerBytes);
    await own.measure(bob.peerId, 1_000, soon());
  });

  it("says that the transfer failed when the far end vanishes in the middle of it", async () => {
    const { own, bob, connection } = await pair();
    const measured = own.measure(bob.peerId, maxTransferBytes, soon());
    measured.catch(() => undefined);
    await until(() => connection.libp2p.streams.some(({ protocol }) => protocol === throughputProtocol));
    await bob.overlay.stop();
    await expectCode(measured, "TRANSFER_FAILED");
  });

  it("says that the transfer failed when the far end does not know the protocol", async () => {
    const { own, far, bob } = await pair();
    await far.stop();
    await expectCode(own.measure(bob.peerId, 1_000, soon()), "TRANSFER_FAILED");
  });

  it("gives up a far end that takes all and answers nothing, when it is told to", async () => {
    const { own, far, bob } = await pair();
    await far.stop();
    await bob.overlay.handle(throughputProtocol, async () => undefined, { maxInboundStreams: 4 });
    const startedAt = performance.now();
    await expectCode(own.measure(bob.peerId, 1_000, AbortSignal.timeout(200)), "TRANSFER_FAILED");
    expect(performance.now() - startedAt).to.be.lessThan(5_000);
  });

  it("finds out a far end that answers another hash", async () => {
    const { own, far, bob } = await pair();
    await far.stop();
    await bob.overlay.handle(
      throughputProtocol,
      async (stream) => {
        await readBytes(stream, 1_008);
        stream.send(Buffer.concat([encodeLength(1_000), Buffer.alloc(32, 7)]));
      },
      { maxInboundStreams: 4 },
    );
    await expectCode(own.measure(bob.peerId, 1_000, soon()), "TRANSFER_CORRUPT");
  });

  it("breaks off what it serves when it stops", async () => {
    const { connection, bob } = await pair();
    const stream = await open(connection);
    stream.send(encodeLength(1_000));
    await bob.overlay.stop();
    await until(() => stream.status !== "open");
  });
});
