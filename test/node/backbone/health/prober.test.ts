import { expect } from "chai";
import { createProbe } from "../../../../node/backbone/health/prober.ts";
import {
  decodeQuestion,
  encodeAnswer,
  isAnswer,
  probeProtocol,
  questionBytes,
  signAnswer,
} from "../../../../node/core/evidence/probe.ts";
import { readFrame } from "../../../../node/core/overlay/index.ts";
import { domain } from "../../../harness/identities.ts";
import { createMesh, soon } from "../../../harness/mesh.ts";

describe("backbone/health/prober", () => {
  const newNode = createMesh();

  it("takes an answer to its own question alone, not one that it was given before, nor another node's", async () => {
    const [backbone, node, other] = [await newNode(1), await newNode(2), await newNode(3)];
    let recorded: Uint8Array | null = null;
    let says: "an answer" | "the same again" | "another's answer" = "an answer";
    await node.overlay.handle(
      probeProtocol,
      async (stream, { peerId }) => {
        const question = decodeQuestion(await readFrame(stream, questionBytes, soon()));
        if (question === null) throw new Error("a backbone asks well-formed questions");
        const signer = says === "another's answer" ? other.identity : node.identity;
        const answer = encodeAnswer(await signAnswer(signer, peerId, question.nonce, domain));
        recorded ??= answer;
        stream.send(says === "the same again" ? recorded : answer);
        await stream.close({ signal: soon() });
      },
      { maxInboundStreams: 8 },
    );
    const record = await node.record();
    const probe = createProbe({
      identity: backbone.identity,
      domain,
      reachAnew: (_, signal) => backbone.overlay.connectAnew(record, signal),
      now: Date.now,
    });
    const ask = () => probe(node.peerId, soon());

    const honest = await ask();
    expect(honest.latencyMs).to.be.at.least(0);
    const { mlDsaKeyHash, signature } = honest;
    if (mlDsaKeyHash === null || signature === null) throw new Error("it was answered");
    expect(await isAnswer(honest, { mlDsaKeyHash, signature }, domain)).to.equal(true);
    for (const lie of ["the same again", "another's answer"] as const) {
      says = lie;
      expect(await ask(), lie).to.include({ latencyMs: null, signature: null });
    }
    says = "an answer";
    expect((await ask()).latencyMs).to.be.at.least(0);
  });
});
