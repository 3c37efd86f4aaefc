import { expect } from "chai";
import { zeroHash } from "viem";
import { toScoreBatch } from "../../../../node/core/chain/index.ts";
import { rate, sectionsOf } from "../../../../node/core/evidence/evaluate.ts";
import {
  buildEvidence,
  type Evidence,
  epochOf,
  historiesOf,
  readEvidence,
  verifyEvidence,
} from "../../../../node/core/evidence/evidence.ts";
import type { NodeLine, ProbeLine } from "../../../../node/core/evidence/lines.ts";
import { maxProbesPerNode } from "../../../../node/core/evidence/lines.ts";
import { type Report, signReport, verifyReport } from "../../../../node/core/evidence/report.ts";
import { expectCode, expectThrownCode } from "../../../harness/expect-code.ts";
import { domain, identityOf } from "../../../harness/identities.ts";
import { epochLengthS, epochLine, epochStartMs, probeOf, registeredAs, testEpoch } from "../../../harness/probes.ts";

const [alice, bob, carol] = [identityOf(1), identityOf(2), identityOf(3)] as const;
const [node, dead] = [identityOf(11), identityOf(12)] as const;
const of = { domain, epoch: testEpoch, epochLengthS };
const none = new Map();
const registered = registeredAs([node.peerId, dead.peerId]);

async function reportBy(prober = alice): Promise<Report> {
  const probes: ProbeLine[] = [];
  for (const slot of [0, 5, 11]) {
    probes.push(await probeOf(prober, node, { slot }), await probeOf(prober, dead, { slot, latencyMs: null }));
  }
  return signReport(prober, probes, of);
}

describe("core/evidence", () => {
  let reports: Report[];
  let evidence: Evidence;
  before(async () => {
    reports = [await reportBy(alice), await reportBy(bob), await reportBy(carol)];
    evidence = buildEvidence(epochLine(), reports, registered, none);
  });
  const rating = ({ peerId }: { peerId: string }, from = evidence) =>
    from.nodes.find((line) => line.peerId === peerId) as NodeLine;

  it("rates nodes by what all probers saw", () => {
    expect(rating(node)).to.deep.include({ probes: 9, history: [[3, 3]], latencyMs: 20, target: 100, before: 50 });
    expect(rating(dead)).to.deep.include({ probes: 9, history: [[0, 3]], latencyMs: null, target: 0 });
    expect(sectionsOf(evidence.nodes)).to.deep.equal([
      {
        region: "europe",
        nodeType: "light_public",
        changes: [
          { number: 1, score: 60 },
          { number: 2, score: 40 },
        ],
      },
    ]);
  });

  it("names regions and types in the order that the contract asks for", () => {
    const places = [
      ["us", "light_public"],
      ["us-east", "light_private"],
      ["us", "backbone_auth"],
      ["europe", "light_public"],
    ] as const;
    const nodes = places.map(([region, nodeType], i) => ({ ...rating(node), number: i + 1, region, nodeType }));
    const { sections } = toScoreBatch({ epoch: testEpoch, root: zeroHash }, sectionsOf(nodes));
    const order = sections.map((section) => [BigInt(section.region), section.nodeType] as const);
    expect(order).to.have.lengthOf(places.length);
    const sorted = order.toSorted(([a, type], [b, other]) => (a === b ? type - other : a < b ? -1 : 1));
    expect(order).to.deep.equal(sorted);
  });

  it("is the same whatever the sequence of the reports, read back from its lines, and verified", async () => {
    const again = buildEvidence(epochLine(), reports.toReversed(), registered, none);
    expect(again.lines).to.deep.equal(evidence.lines);
    const read = readEvidence(evidence.lines);
    expect(read.tree.root).to.equal(evidence.tree.root);
    await verifyEvidence(read, of, none);
    await verifyEvidence(read, epochOf(read), none, registered);
  });

  it("continues the uptimes of the epoch before", async () => {
    const probes = await Promise.all([0, 1].map((slot) => probeOf(alice, dead, { slot, latencyMs: null })));
    const next = buildEvidence(epochLine(), [await signReport(alice, probes, of)], registered, historiesOf(evidence));
    expect(rating(dead, next).history).to.deep.equal([
      [0, 3],
      [0, 2],
    ]);
    // Not asked this time: its score stays, and its uptime is not lost.
    expect(rating(node, next)).to.deep.include({
      history: [
        [3, 3],
        [0, 0],
      ],
      probes: 0,
      before: 50,
      target: 50,
    });
    await verifyEvidence(next, of, historiesOf(evidence));
    await expectCode(verifyEvidence(next, of, none), "EVIDENCE_INVALID");
  });

  it("looks back over twelve epochs, and forgets whom nobody asked in them", () => {
    const long = Array.from({ length: 12 }, () => [1, 12] as const);
    const probes = evidence.probes.filter((line) => line.node === node.peerId);
    const [rated] = rate(probes, registered, new Map([[node.peerId, long]]), epochLengthS * 1_000);
    expect(rated?.history).to.have.length(12);
    expect(rated?.history.at(-1)).to.deep.equal([3, 3]);
    const silence = Array.from({ length: 12 }, () => [0, 0] as const);
    expect(rate([], registered, new Map([[node.peerId, silence]]), epochLengthS * 1_000)).to.deep.equal([]);
  });

  it("leaves out nodes that the chain does not know", () => {
    const some = buildEvidence(epochLine(), reports, registeredAs([node.peerId]), none);
    expect(some.nodes.map(({ peerId }) => peerId)).to.deep.equal([node.peerId]);
  });

  it("does not count the probes of a prober that heard of nobody in a slot", async () => {
    const nodes = [node, dead, identityOf(13)];
    const silence = await Promise.all(nodes.map((one) => probeOf(alice, one, { slot: 3, latencyMs: null })));
    const registered = registeredAs(nodes.map(({ peerId }) => peerId));
    expect(rate(silence, registered, none, epochLengthS * 1_000)).to.deep.equal([]);
    const heard = await probeOf(alice, node, { slot: 3 });
    expect(rate([...silence, heard], registered, none, epochLengthS * 1_000)).to.have.length(3);
    expect(rate(silence.slice(1), registered, none, epochLengthS * 1_000)).to.have.length(2);
  });

  describe("refuses", () => {
    const altered = (change: (lines: string[]) => string[]) => change([...evidence.lines]);
    const replaced = (from: string | RegExp, to: string) => {
      const index = evidence.lines.findIndex((line) => line.search(from) >= 0);
      return altered((lines) => lines.with(index, (lines[index] ?? "").replace(from, to)));
    };
    const refused = async (lines: readonly string[]) =>
      expectCode((async () => verifyEvidence(readEvidence(lines), of, none, registered))(), "EVIDENCE_INVALID");

    it("a score that does not come of the probes", () => refused(replaced('"target":0', '"target":30')));
    it("a node's uptime that was better before", () => refused(replaced("[[0,3]]", "[[3,3]]")));
    it("a latency that its prober did not measure", () =>
      refused(replaced('"latencyMs":20,"mlDsa', '"latencyMs":19,"mlDsa')));
    it("a probe that was left out", () => refused(altered((lines) => lines.slice(0, -1))));
    it("a report that was left out", () =>
      refused(altered((lines) => lines.filter((line) => !line.includes('"report"') || !line.includes(bob.peerId)))));
    it("a line that is there twice", () => refused(altered((lines) => [...lines, lines.at(-1) ?? ""])));
    it("lines out of order", () => refused(altered((lines) => [lines[0] ?? "", ...lines.slice(1).toReversed()])));
    it("a line with spaces", () => refused(replaced('"kind":"node",', '"kind":"node", ')));
    it("a line with a key too many", () => refused(replaced('"kind":"node",', '"kind":"node","x":1,')));
    it("another epoch's", () => refused(replaced(`"epoch":${testEpoch}`, `"epoch":${testEpoch + 1}`)));
    it("another network's", () => refused(replaced('"chainId":31337', '"chainId":1')));
    it("nothing at all", () => expectThrownCode(() => readEvidence([""]), "EVIDENCE_INVALID"));
  });

  describe("refuses a report", () => {
    const refused = (report: Report) => expectCode(verifyReport(report, of), "EVIDENCE_INVALID");
    const signed = async (...probes: ProbeLine[]) => signReport(alice, probes, of);

    it("with an answer that its node did not sign", async () => {
      const [first, second] = [await probeOf(alice, node), await probeOf(alice, dead)];
      await refused(await signed({ ...first, signature: second.signature }));
      await refused(await signed({ ...second, mlDsaKeyHash: first.mlDsaKeyHash }));
    });
    it("with an answer given to another prober", async () => {
      await refused(await signed({ ...(await probeOf(bob, node)), prober: alice.peerId }));
    });
    it("with an answer of another epoch", async () => {
      await refused(await signed(await probeOf(alice, node, { sentAtMs: epochStartMs - 1 })));
      await refused(await signed(await probeOf(alice, node, { sentAtMs: epochStartMs + epochLengthS * 1_000 })));
    });
    it("of a prober that asked itself", async () => refused(await signed(await probeOf(alice, alice))));
    it("of a prober that asked one node all the time", async () => {
      const often = Array.from({ length: maxProbesPerNode + 1 }, () => probeOf(alice, node, { latencyMs: null }));
      await refused(await signed(...(await Promise.all(often))));
    });
    it("that another one signed", async () => {
      const report = await signed(await probeOf(alice, node));
      await refused({ ...report, line: { ...report.line, mlDsaKeyHash: bob.mlDsaKeyHash } });
      const forged = await signReport({ ...bob, peerId: alice.peerId }, report.probes, of);
      await refused(forged);
    });
    it("signed for another epoch", async () => {
      const report = await signReport(alice, [await probeOf(alice, node)], { ...of, epoch: testEpoch + 1 });
      await refused(report);
    });
  });
});
