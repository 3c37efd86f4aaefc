import { expect } from "chai";
import { type Hex, hashTypedData } from "viem";
import {
  answerBytes,
  answerStatement,
  createNonce,
  decodeAnswer,
  decodeQuestion,
  encodeAnswer,
  encodeQuestion,
  isAnswer,
  isQuestionOf,
  questionBytes,
  sentAtOf,
  signAnswer,
  signQuestion,
} from "../../../../node/core/evidence/probe.ts";
import { domain, identityOf } from "../../../harness/identities.ts";
import { createRandom } from "../../../harness/random.ts";

const [prober, node, other] = [identityOf(1), identityOf(2), identityOf(3)] as const;
const nonce = createNonce(1_800_000_000_123);

describe("core/evidence/probe", () => {
  it("names in the nonce when it was made, and makes no nonce twice", () => {
    expect(sentAtOf(nonce)).to.equal(1_800_000_000_123);
    expect(new Set(Array.from({ length: 1_000 }, () => createNonce(5))).size).to.equal(1_000);
    expect(createNonce(999) < createNonce(1_000)).to.equal(true);
  });

  it("proves a question to be the prober's, for this node alone", async () => {
    const question = await signQuestion(prober, node.peerId, nonce, domain);
    expect(decodeQuestion(encodeQuestion(question))).to.deep.equal(question);
    expect(encodeQuestion(question)).to.have.length(questionBytes);
    expect(await isQuestionOf(prober.peerId, node.peerId, question, domain)).to.equal(true);
    expect(await isQuestionOf(other.peerId, node.peerId, question, domain)).to.equal(false);
    expect(await isQuestionOf(prober.peerId, other.peerId, question, domain)).to.equal(false);
    const elsewhere = { ...domain, chainId: 1 };
    expect(await isQuestionOf(prober.peerId, node.peerId, question, elsewhere)).to.equal(false);
  });

  it("proves an answer to be the node's, to this question alone", async () => {
    const answer = await signAnswer(node, prober.peerId, nonce, domain);
    expect(decodeAnswer(encodeAnswer(answer))).to.deep.equal(answer);
    expect(encodeAnswer(answer)).to.have.length(answerBytes);
    const probe = { prober: prober.peerId, node: node.peerId, nonce };
    expect(await isAnswer(probe, answer, domain)).to.equal(true);
    expect(await isAnswer({ ...probe, node: other.peerId }, answer, domain)).to.equal(false);
    expect(await isAnswer({ ...probe, prober: other.peerId }, answer, domain)).to.equal(false);
    expect(await isAnswer({ ...probe, nonce: createNonce(1) }, answer, domain)).to.equal(false);
    expect(await isAnswer(probe, { ...answer, mlDsaKeyHash: other.mlDsaKeyHash }, domain)).to.equal(false);
  });

  it("says the same however often it is asked the same: no two statements of a topic differ", async () => {
    const hashes = new Map<Hex, Set<Hex>>();
    const random = createRandom(7);
    const nonces = [1, 2, 3].map(createNonce);
    for (let round = 0; round < 200; round++) {
      const asking = random.pick([prober, other]);
      const probe = { prober: asking.peerId, node: node.peerId, nonce: random.pick(nonces) };
      const statement = answerStatement(probe, domain);
      const { topic, sequence } = statement.message;
      const key = `${topic}/${sequence}` as Hex;
      hashes.set(key, (hashes.get(key) ?? new Set<Hex>()).add(hashTypedData(statement)));
    }
    expect(hashes.size).to.equal(6);
    for (const said of hashes.values()) expect(said.size).to.equal(1);
  });

  it("takes frames of exactly their length", () => {
    for (const length of [0, 1, questionBytes - 1, questionBytes + 1]) {
      expect(decodeQuestion(new Uint8Array(length))).to.equal(null);
    }
    for (const length of [0, answerBytes - 1, answerBytes + 1]) {
      expect(decodeAnswer(new Uint8Array(length))).to.equal(null);
    }
  });
});
