import { zeroHash } from "viem";
import { backboneRoutes } from "../../../node/backbone/api.ts";
import { buildEvidence, readEvidence, verifyEvidence } from "../../../node/core/evidence/evidence.ts";
import { writeLine } from "../../../node/core/evidence/lines.ts";
import {
  createNonce,
  decodeAnswer,
  decodeQuestion,
  encodeAnswer,
  encodeQuestion,
  isAnswer,
  isQuestionOf,
  signAnswer,
  signQuestion,
} from "../../../node/core/evidence/probe.ts";
import { readReport, signReport, verifyReport } from "../../../node/core/evidence/report.ts";
import { domain, identityOf } from "../../harness/identities.ts";
import { epochLengthS, epochLine, probeOf, registeredAs, testEpoch } from "../../harness/probes.ts";
import { refused, type Target, toBytes, toJson } from "../target.ts";

const [alice, bob] = [identityOf(1), identityOf(2)];
const [node, dead] = [identityOf(11), identityOf(12)];
const of = { domain, epoch: testEpoch, epochLengthS };
const registered = registeredAs([node.peerId, dead.peerId]);

const reportBy = async (prober = alice) =>
  signReport(prober, [await probeOf(prober, node), await probeOf(prober, dead, { slot: 5, latencyMs: null })], of);

export const evidenceTargets: readonly Target[] = [
  {
    name: "a probe's question",
    rounds: 300,
    open: async () => ({
      valid: async (random) =>
        encodeQuestion(await signQuestion(alice, node.peerId, createNonce(random.integer(2 ** 32)), domain)),
      codes: [],
      async read(frame) {
        const question = decodeQuestion(frame);
        if (question === null || !(await isQuestionOf(alice.peerId, node.peerId, question, domain))) return refused;
        return question.nonce;
      },
    }),
  },
  {
    name: "a probe's answer",
    rounds: 300,
    open: async () => {
      const probe = { prober: alice.peerId, node: node.peerId, nonce: createNonce(1) };
      return {
        valid: async () => encodeAnswer(await signAnswer(node, probe.prober, probe.nonce, domain)),
        codes: [],
        async read(frame) {
          const answer = decodeAnswer(frame);
          return answer !== null && (await isAnswer(probe, answer, domain)) ? answer.mlDsaKeyHash : refused;
        },
      };
    },
  },
  {
    name: "another backbone's report",
    rounds: 200,
    open: async () => ({
      async valid() {
        const { line, probes } = await reportBy();
        return toBytes({ report: line, probes: probes.map(writeLine) });
      },
      codes: ["EVIDENCE_INVALID"],
      async read(bytes) {
        const answer = backboneRoutes.report.output.safeParse(toJson(bytes));
        if (!answer.success) return refused;
        const report = readReport(answer.data.report, answer.data.probes);
        await verifyReport(report, of);
        return { prober: report.line.prober, root: report.line.root, probes: report.probes };
      },
    }),
  },
  {
    name: "an evidence file",
    rounds: 150,
    open: async () => {
      const reports = [await reportBy(alice), await reportBy(bob)];
      const { lines } = buildEvidence(
        epochLine({ previous: { epoch: 1, root: zeroHash } }),
        reports,
        registered,
        new Map(),
      );
      return {
        valid: () => Buffer.from(lines.join("\n")),
        codes: ["EVIDENCE_INVALID"],
        async read(bytes) {
          const evidence = readEvidence(Buffer.from(bytes).toString().split("\n"));
          await verifyEvidence(evidence, of, new Map(), registered);
          // Block and predecessor are in the first line: the chain alone can judge them.
          return evidence.lines.slice(1);
        },
      };
    },
  },
];
