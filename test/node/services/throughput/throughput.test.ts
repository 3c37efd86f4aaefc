import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import { expect } from "chai";
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
import { until } from "../../../harness/until.ts";

for (const [line, dataPort] of [
  ["a connection of its own", 0],
  ["the muxed connection", null],
] as const) {
  describe(`services/throughput on ${line}`, () => {
    testOn(dataPort);
  });
}

function testOn(dataPort: number | null) {
  const newNode = createMesh();
  const started: Throughput[] = [];
  afterEach(async () => {
    for (const throughput of started.splice(0)) await throughput.stop();
  });

  async function measureFrom(node: MeshNode, to: MeshNode): Promise<Throughput> {
    const throughput = createThroughput({
      overlay: node.overlay,
      reach: async (_, signal) => node.overlay.connect(await to.record(), signal),
      onionReach: () => Promise.reject(new Error("not asked for")),
    });
    started.push(throughput);
    await throughput.start(soon());
    return throughput;
  }

  /** Alice, who measures, and Bob, who serves; and how Alice opens a lane for what an honest sender never does. */
  async function pair() {
    const [alice, bob] = [await newNode(1, { dataPort }), await newNode(2, { dataPort })];
    const [own, far] = [await measureFrom(alice, bob), await measureFrom(bob, alice)];
    const connection = await alice.overlay.connect(await bob.record(), soon());
    const open = async () => {
      const { duplex } = await alice.overlay.lanes.open(connection, throughputProtocol, soon());
      duplex.on("error", () => undefined);
      return duplex;
    };
    return { alice, bob, own, far, connection, open };
  }

  for (const bytes of [1, chunkBytes, chunkBytes + 1, 4 * 2 ** 20 + 7]) {
    it(`moves ${bytes} bytes, and the far end has the same hash`, async () => {
      const { own, bob } = await pair();
      const moved = await own.measure(bob.peerId, { bytes, hops: 0 }, soon());
      expect(moved).to.include({ bytes, path: "direct", dedicated: dataPort !== null });
      expect(moved.relays).to.deep.equal([]);
      expect(moved.sha256).to.match(/^[0-9a-f]{64}$/);
      expect(moved.elapsedMs).to.be.greaterThan(0);
    });
  }

  it("answers count and SHA-256 of what it received, however the bytes are cut", async () => {
    const { open } = await pair();
    const lane = await open();
    const body = Buffer.from("post-quantum mesh");
    const frame = Buffer.concat([encodeLength(body.length), body]);
    for (const byte of frame) lane.write(Uint8Array.of(byte));
    const answer = await readBytes(lane, answerBytes);
    expect(answer.subarray(0, 8)).to.deep.equal(Buffer.from(encodeLength(body.length)));
    expect(answer.subarray(8)).to.deep.equal(createHash("sha256").update(body).digest());
  });

  it("measures round trips", async () => {
    const { own, bob } = await pair();
    const { roundTripsMs, connectMs, path } = await own.ping(bob.peerId, { count: 3, hops: 0 }, soon());
    expect(roundTripsMs).to.have.length(3);
    for (const time of [...roundTripsMs, connectMs]) expect(time).to.be.within(0, 10_000);
    expect(path).to.equal("direct");
  });

  it("goes on by another connection where the first one ends as it is taken, and says so where that does as well", async () => {
    const { alice, bob } = await pair();
    let lost = 0;
    const pinger = (times: number) =>
      createThroughput({
        overlay: alice.overlay,
        reach: async (_, signal) => {
          const connection = await alice.overlay.connect(await bob.record(), signal);
          if (lost++ < times) connection.libp2p.abort(new Error("a better one has opened"));
          return connection;
        },
        onionReach: () => Promise.reject(new Error("not asked for")),
      });
    expect((await pinger(1).ping(bob.peerId, { count: 2, hops: 0 }, soon())).roundTripsMs).to.have.length(2);
    lost = 0;
    await expectCode(pinger(2).ping(bob.peerId, { count: 1, hops: 0 }, soon()), "PING_LOST");
    expect(lost).to.equal(2);
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
    it(`closes the lane that brings ${what} without an answer, and nothing else`, async () => {
      const { connection, own, bob, open } = await pair();
      const lane = await open();
      lane.write(frame);
      expect(await readBytes(lane, answerBytes)).to.have.length(0);
      expect(connection.libp2p.status).to.equal("open");
      await own.measure(bob.peerId, { bytes: 1_000, hops: 0 }, soon());
    });
  }

  it("closes a lane that ends before all announced bytes came, and then serves others", async () => {
    const { own, bob, open } = await pair();
    for (let round = 0; round < 2 * maxInboundTransfers; round++) {
      const lane = await open();
      lane.end(Buffer.concat([encodeLength(1_000), Buffer.from("too few")]));
      expect(await readBytes(lane, answerBytes)).to.have.length(0);
    }
    await until(
      () => own.measure(bob.peerId, { bytes: 1_000, hops: 0 }, soon()).catch(() => null),
      (moved) => moved !== null,
    );
  });

  it("serves two at a time and tells a third that it is busy", async () => {
    const { own, bob, open } = await pair();
    const held = await Promise.all([open(), open()]);
    for (const lane of held) lane.write(Buffer.concat([encodeLength(2), Buffer.from("x")]));
    for (const bytes of [1, 16 * 2 ** 20])
      await expectCode(own.measure(bob.peerId, { bytes, hops: 0 }, soon()), "TRANSFER_BUSY");
    for (const lane of held) lane.write(Buffer.from("y"));
    for (const lane of held) expect(await readBytes(lane, answerBytes)).to.have.length(answerBytes);
    await own.measure(bob.peerId, { bytes: 1_000, hops: 0 }, soon());
  });

  it("says that the transfer failed when the far end vanishes in the middle of it", async () => {
    const { own, bob, far } = await pair();
    await far.stop();
    const { promise: served, resolve } = Promise.withResolvers<void>();
    await bob.overlay.lanes.handle(throughputProtocol, async () => resolve(), { maxInbound: 1 });
    const measured = own.measure(bob.peerId, { bytes: maxTransferBytes, hops: 0 }, soon());
    measured.catch(() => undefined);
    await served;
    await bob.overlay.stop();
    await expectCode(measured, "TRANSFER_FAILED");
  });

  it("says that the transfer failed when the far end does not know the protocol", async () => {
    const { own, far, bob } = await pair();
    await far.stop();
    await expectCode(own.measure(bob.peerId, { bytes: 1_000, hops: 0 }, soon()), "TRANSFER_FAILED");
  });

  it("gives up a far end that takes all and answers nothing, when it is told to", async () => {
    const { own, far, bob } = await pair();
    await far.stop();
    await bob.overlay.lanes.handle(throughputProtocol, async ({ duplex }) => void duplex.resume(), { maxInbound: 4 });
    await expectCode(own.measure(bob.peerId, { bytes: 1_000, hops: 0 }, AbortSignal.timeout(200)), "TRANSFER_FAILED");
  });

  it("finds out a far end that answers another hash", async () => {
    const { own, far, bob } = await pair();
    await far.stop();
    await bob.overlay.lanes.handle(
      throughputProtocol,
      async ({ duplex }) => {
        await readBytes(duplex, 1_008);
        duplex.write(Buffer.concat([encodeLength(1_000), Buffer.alloc(32, 7)]));
      },
      { maxInbound: 4 },
    );
    await expectCode(own.measure(bob.peerId, { bytes: 1_000, hops: 0 }, soon()), "TRANSFER_CORRUPT");
  });

  it("breaks off what it serves when it stops", async () => {
    const { bob, open } = await pair();
    const lane = await open();
    lane.write(encodeLength(1_000));
    await bob.overlay.stop();
    expect(await readBytes(lane, answerBytes)).to.have.length(0);
  });
}

/** Reads so many bytes, or those that came before the lane ended or broke. */
async function readBytes(lane: Duplex, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let received = 0;
  try {
    for await (const part of lane.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      parts.push(part);
      received += part.length;
      if (received >= length) break;
    }
  } catch {
    // What came before counts.
  }
  return Buffer.concat(parts);
}
