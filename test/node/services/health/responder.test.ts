import { expect } from "chai";
import type { Hex } from "viem";
import {
  answerBytes,
  createNonce,
  decodeAnswer,
  encodeQuestion,
  isAnswer,
  probeProtocol,
  questionBytes,
  signQuestion,
} from "../../../../node/core/evidence/probe.ts";
import type { PeerConnection } from "../../../../node/core/overlay/index.ts";
import type { Service } from "../../../../node/core/service.ts";
import { createResponder } from "../../../../node/services/health/index.ts";
import { maxQuestionsPerMinute } from "../../../../node/services/health/responder.ts";
import { domain } from "../../../harness/identities.ts";
import { createMesh, type MeshNode, soon } from "../../../harness/mesh.ts";
import { createRandom } from "../../../harness/random.ts";
import { readBytes } from "../../../harness/stream.ts";
import { createClock, silent } from "../../api/fixture.ts";

describe("services/health/responder", function () {
  this.timeout(30_000);
  const newNode = createMesh();
  const started: Service[] = [];
  afterEach(async () => {
    for (const service of started.splice(0)) await service.stop();
  });

  /** A backbone that asks, and a node that takes it for one. */
  async function pair() {
    const clock = createClock(Date.now());
    const [backbone, node] = [await newNode(1), await newNode(2)];
    const listed = new Set<Hex>([backbone.peerId]);
    const responder = createResponder({
      identity: node.identity,
      domain: () => domain,
      overlay: node.overlay,
      isBackbone: async (peerId) => listed.has(peerId),
      now: clock.now,
      log: silent,
    });
    started.push(responder);
    await responder.start(soon());
    const connection = await backbone.overlay.connect(await node.record(), soon());
    return { backbone, node, connection, clock, listed, responder };
  }

  /** What comes back for a frame; nothing where the stream was reset. */
  async function reply(connection: PeerConnection, frame: Uint8Array): Promise<Buffer> {
    const stream = await connection.open(probeProtocol, soon());
    try {
      stream.send(frame);
      return await readBytes(stream, answerBytes);
    } catch {
      return Buffer.alloc(0);
    } finally {
      await stream.close().catch(() => undefined);
    }
  }
  const question = async (from: MeshNode, to: MeshNode, nonce: Hex) =>
    encodeQuestion(await signQuestion(from.identity, to.peerId, nonce, domain));

  it("signs that it is there, to the backbone that asks", async () => {
    const { backbone, node, connection, clock } = await pair();
    const nonce = createNonce(clock.now());
    const answer = decodeAnswer(await reply(connection, await question(backbone, node, nonce)));
    const probe = { prober: backbone.peerId, node: node.peerId, nonce };
    expect(answer && (await isAnswer(probe, answer, domain))).to.equal(true);
  });

  it("gives the same answer to the same question, also after a new start", async () => {
    const { backbone, node, connection, clock, responder } = await pair();
    const frame = await question(backbone, node, createNonce(clock.now()));
    const first = await reply(connection, frame);
    await responder.stop();
    await responder.start(soon());
    expect(await reply(connection, frame))
      .to.deep.equal(first)
      .and.have.length(answerBytes);
  });

  it("answers backbones of the contract alone", async () => {
    const { backbone, node, connection, clock, listed } = await pair();
    listed.clear();
    expect(await reply(connection, await question(backbone, node, createNonce(clock.now())))).to.have.length(0);
  });

  it("answers no question that another one signed, nor one for another node", async () => {
    const { backbone, node, connection, clock } = await pair();
    const other = await newNode(3);
    const nonce = createNonce(clock.now());
    for (const frame of [await question(other, node, nonce), await question(backbone, other, nonce)]) {
      expect(await reply(connection, frame)).to.have.length(0);
    }
  });

  it("answers a clock that is a minute off, and none that is three minutes off", async () => {
    const { backbone, node, connection, clock } = await pair();
    const lengths: number[] = [];
    for (const minutes of [-3, -1, 1, 3]) {
      const frame = await question(backbone, node, createNonce(clock.now() + minutes * 60_000));
      lengths.push((await reply(connection, frame)).length);
    }
    expect(lengths).to.deep.equal([0, answerBytes, answerBytes, 0]);
  });

  it(`answers ${maxQuestionsPerMinute} times a minute at the most`, async () => {
    const { backbone, node, connection, clock } = await pair();
    const ask = async () => (await reply(connection, await question(backbone, node, createNonce(clock.now())))).length;
    for (let count = 0; count < maxQuestionsPerMinute; count++) expect(await ask()).to.equal(answerBytes);
    expect(await ask()).to.equal(0);
    clock.advance(60_000);
    expect(await ask()).to.equal(answerBytes);
  });

  it("answers no frame of random bytes or length, and honest ones still", async () => {
    const { backbone, node, connection, clock } = await pair();
    const random = createRandom(21);
    for (let round = 0; round < 40; round++) {
      const length = random.pick([1, questionBytes - 1, questionBytes, questionBytes + 1, 4_096, 70_000]);
      const stream = await connection.open(probeProtocol, soon());
      stream.send(random.bytes(length));
      if (length < questionBytes) await stream.close();
      expect(await readBytes(stream, answerBytes).catch(() => [])).to.have.length(0);
      clock.advance(5_000);
    }
    expect(await reply(connection, await question(backbone, node, createNonce(clock.now())))).to.have.length(
      answerBytes,
    );
  });
});
