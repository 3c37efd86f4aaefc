import { expect } from "chai";
import type { Hex } from "viem";
import { buildEvidence, type Evidence, historiesOf } from "../../../../node/core/evidence/evidence.ts";
import { type EpochRoot, type ReplaySources, replayNode } from "../../../../node/core/evidence/replay.ts";
import { signReport } from "../../../../node/core/evidence/report.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { domain, identityOf } from "../../../harness/identities.ts";
import { epochLengthS, epochLine, probeOf, registeredAs, slotMs, testEpoch } from "../../../harness/probes.ts";

const [alice, bob] = [identityOf(1), identityOf(2)] as const;
const [node, dead] = [identityOf(11), identityOf(12)] as const;
const registered = registeredAs([node.peerId, dead.peerId]);
const epochMs = epochLengthS * 1_000;

/** Two backbones that ask two nodes in two slots; one of them never answers. */
async function evidenceOf(epoch: number, before?: Evidence): Promise<Evidence> {
  const reports = [];
  for (const prober of [alice, bob]) {
    const probes = [];
    for (const slot of [1, 7]) {
      const sentAtMs = epoch * epochMs + slot * slotMs + 11;
      probes.push(
        await probeOf(prober, node, { sentAtMs }),
        await probeOf(prober, dead, { sentAtMs, latencyMs: null }),
      );
    }
    reports.push(await signReport(prober, probes, { domain, epoch, epochLengthS }));
  }
  const previous = before ? { epoch: before.epoch.epoch, root: before.tree.root } : null;
  return buildEvidence(epochLine({ epoch, previous }), reports, registered, before ? historiesOf(before) : new Map());
}

describe("core/evidence/replay", () => {
  let first: Evidence;
  let second: Evidence;
  before(async () => {
    first = await evidenceOf(testEpoch);
    second = await evidenceOf(testEpoch + 1, first);
  });
  const rootOf = ({ epoch, tree }: Evidence): EpochRoot => ({ epoch: epoch.epoch, root: tree.root });
  const sources = (roots: readonly EpochRoot[] = [rootOf(first)]): ReplaySources => ({
    evidenceOf: async ({ root }) => [first, second].find(({ tree }) => tree.root === root) as Evidence,
    rootOf: async (epoch) => roots.find((one) => one.epoch === epoch)?.root ?? null,
  });
  const replay = (peerId: Hex, from = sources(), of = domain) =>
    replayNode(peerId, rootOf(second), { domain: of, epochLengthS }, from);

  it("tells of a node what it is worth, of what, and how many signatures say so", async () => {
    expect(await replay(node.peerId)).to.deep.equal({
      before: 50,
      target: 100,
      expected: 60,
      uptime: 10_000,
      latency: 10_000,
      availability: 10_000,
      latencyMs: 20,
      history: [
        [2, 2],
        [2, 2],
      ],
      probes: { asked: 4, answered: 4, probers: 2 },
      signatures: 6,
    });
    expect(await replay(dead.peerId)).to.deep.include({ target: 0, expected: 40, latencyMs: null });
  });

  it("knows nothing of a node that the evidence does not name", async () => {
    expect(await replay(identityOf(99).peerId)).to.equal(null);
  });

  it("refuses uptimes of an evidence that the chain does not know, or knows another of", async () => {
    await expectCode(replay(node.peerId, sources([])), "EVIDENCE_INVALID");
    await expectCode(replay(node.peerId, sources([{ epoch: testEpoch, root: second.tree.root }])), "EVIDENCE_INVALID");
  });

  it("refuses the evidence of another chain", async () => {
    await expectCode(replay(node.peerId, sources(), { ...domain, chainId: 1 }), "EVIDENCE_INVALID");
  });
});
