import { expect } from "chai";
import {
  type Address,
  concat,
  encodeAbiParameters,
  encodePacked,
  getAddress,
  type Hex,
  keccak256,
  numberToHex,
  parseSignature,
  slice,
  toHex,
  zeroAddress,
} from "viem";
import { reputationAbi } from "../../contracts/generated/reputation.ts";
import {
  asOperator,
  asStranger,
  assertions,
  BACKBONE_AUTH,
  createNode,
  deploy,
  EUROPE,
  emptyNexus,
  LIGHT_PUBLIC,
  networkHelpers,
  OCEANIA,
  operator,
  owner,
  registerNode,
  stranger,
  type TestNode,
} from "./fixture.ts";

const EPOCH_S = 3_600;
const probes = ["0x01", "0x0203", "0x"] as const satisfies readonly Hex[];

/** A tree of three leaves, pairs sorted, and the proof of the first. */
function evidence() {
  const pair = (a: Hex, b: Hex) => keccak256(concat(a < b ? [a, b] : [b, a]));
  const [first, second, third] = probes.map((probe) => keccak256(keccak256(probe))) as [Hex, Hex, Hex];
  return { root: pair(pair(first, second), third), proof: [second, third] };
}

/** Four backbones with a say in two public nodes. */
async function quorate() {
  const { nexus } = await emptyNexus();
  const reputation = await deploy("Reputation", reputationAbi, [nexus.address, BigInt(EPOCH_S)]);
  await nexus.write.setScorer([reputation.address]);
  await nexus.write.setBackboneApproval([operator.account.address, true]);
  const backbones: TestNode[] = [];
  for (let i = 0; i < 4; i++) backbones.push(await registerNode(nexus, { nodeType: BACKBONE_AUTH }));
  backbones.sort((a, b) => (a.peerID < b.peerID ? -1 : 1));
  const nodes: TestNode[] = [await registerNode(nexus), await registerNode(nexus, { region: OCEANIA })];
  return { nexus, reputation, backbones, nodes };
}

interface Section {
  region: Hex;
  nodeType: number;
  changes: Hex;
}
interface Batch {
  epoch: bigint;
  evidenceRoot: Hex;
  sections: Section[];
}

const sign = async (reputation: { address: Address }, batch: Batch, signers: readonly TestNode[], chainId = 31337) => {
  const sections = encodeAbiParameters(
    [
      {
        type: "tuple[]",
        components: [
          { name: "region", type: "bytes32" },
          { name: "nodeType", type: "uint8" },
          { name: "changes", type: "bytes" },
        ],
      },
    ],
    [batch.sections],
  );
  const signatures = signers.map(async ({ nodeKey, mlDsaKeyHash }) => {
    const signature = await nodeKey.signTypedData({
      domain: { name: "ShadowMesh Reputation", version: "1", chainId, verifyingContract: reputation.address },
      types: {
        ScoreBatch: [
          { name: "epoch", type: "uint64" },
          { name: "evidenceRoot", type: "bytes32" },
          { name: "sectionsHash", type: "bytes32" },
        ],
      },
      primaryType: "ScoreBatch",
      message: { epoch: batch.epoch, evidenceRoot: batch.evidenceRoot, sectionsHash: keccak256(sections) },
    });
    const { r, s, yParity } = parseSignature(signature);
    return { mlDsaKeyHash, r, vs: numberToHex(BigInt(s) | (BigInt(yParity) << 255n), { size: 32 }) };
  });
  return Promise.all(signatures);
};

const change = (id: number, score: number): Hex => encodePacked(["uint32", "uint8"], [id, score]);

describe("Reputation", () => {
  const load = async () => {
    const loaded = await networkHelpers.loadFixture(quorate);
    const { nexus, reputation, nodes } = loaded;
    const [european, oceanian] = nodes as [TestNode, TestNode];
    const idOf = async ({ peerID }: TestNode) => (await nexus.read.poolOf([peerID])).pool;
    const scoreOf = ({ peerID }: TestNode) => nexus.read.scoreOf([peerID]);
    const batchOf = async (score: number, changes: Partial<Batch> = {}): Promise<Batch> => ({
      epoch: BigInt(Math.floor((await networkHelpers.time.latest()) / EPOCH_S)),
      evidenceRoot: evidence().root,
      sections: [{ region: EUROPE, nodeType: LIGHT_PUBLIC, changes: change(await idOf(european), score) }],
      ...changes,
    });
    const submit = async (batch: Batch, signers: readonly TestNode[]) =>
      reputation.write.submit([batch, await sign(reputation, batch, signers)], asStranger);
    return { ...loaded, european, oceanian, idOf, scoreOf, batchOf, submit };
  };

  it("moves the scores that a quorum signed, whoever hands them in, and keeps the root of the evidence", async () => {
    const { nexus, reputation, backbones, european, oceanian, idOf, scoreOf, batchOf, submit } = await load();
    expect(await reputation.read.quorum()).to.equal(3n);
    const batch = await batchOf(55);
    const changes = change(await idOf(oceanian), 44);
    batch.sections.push({ region: OCEANIA, nodeType: LIGHT_PUBLIC, changes });
    const sent = submit(batch, backbones.slice(1));
    await assertions.emitWithArgs(sent, reputation, "ScoresSubmitted", [
      batch.epoch,
      batch.evidenceRoot,
      3n,
      getAddress(stranger.account.address),
    ]);
    await assertions.emitWithArgs(sent, nexus, "ScoresApplied", [OCEANIA, LIGHT_PUBLIC, changes]);
    expect([await scoreOf(european), await scoreOf(oceanian)]).to.deep.equal([55, 44]);
    expect(await reputation.read.lastEpoch()).to.equal(batch.epoch);
    expect(await reputation.read.evidenceRoots([batch.epoch])).to.equal(batch.evidenceRoot);
  });

  it("moves a score by ten at most, tells the one it has now, and knows no score above 100", async () => {
    const { nexus, backbones, european, idOf, scoreOf, batchOf, submit } = await load();
    const sent = submit(await batchOf(255), backbones);
    const changes = change(await idOf(european), 60);
    await assertions.emitWithArgs(sent, nexus, "ScoresApplied", [EUROPE, LIGHT_PUBLIC, changes]);
    for (let epoch = 0; epoch < 7; epoch++) {
      await networkHelpers.time.increase(EPOCH_S);
      await submit(await batchOf(0), backbones);
    }
    expect(await scoreOf(european)).to.equal(0);
    for (let epoch = 0; epoch < 11; epoch++) {
      await networkHelpers.time.increase(EPOCH_S);
      await submit(await batchOf(104), backbones);
    }
    expect(await scoreOf(european)).to.equal(100);
  });

  it("keeps a light node below 30 out of look-ups until it recovers", async () => {
    const { nexus, backbones, european, batchOf, submit } = await load();
    const scores: [number, number][] = [];
    for (const wanted of [40, 30, 29, 31]) {
      await submit(await batchOf(wanted), backbones);
      const found: readonly Hex[] = await nexus.read.getPublicLightNodes([EUROPE, 9n]);
      scores.push([wanted, found.length]);
      await networkHelpers.time.increase(EPOCH_S);
    }
    expect(scores).to.deep.equal([
      [40, 1],
      [30, 1],
      [29, 0],
      [31, 1],
    ]);
    expect((await nexus.read.nodes([european.peerID])).active).to.equal(true);
  });

  it("refuses fewer than a quorum, a signature twice, and signers out of order", async () => {
    const { reputation, backbones, batchOf, submit } = await load();
    const batch = await batchOf(55);
    const [a, b, c] = backbones as [TestNode, TestNode, TestNode];
    await assertions.revertWithCustomErrorWithArgs(submit(batch, [a, b]), reputation, "QuorumNotReached", [2n, 3n]);
    for (const signers of [
      [a, b, b],
      [a, c, b],
    ]) {
      await assertions.revertWithCustomErrorWithArgs(submit(batch, signers), reputation, "SignersUnsorted", [b.peerID]);
    }
  });

  it("refuses signers that are no backbones, or no longer, or whose operator lost the approval", async () => {
    const { nexus, reputation, backbones, european, batchOf, submit } = await load();
    const batch = await batchOf(55);
    const sorted = (nodes: TestNode[]) => nodes.toSorted((a, b) => (a.peerID < b.peerID ? -1 : 1));
    const [a, b, c, d] = backbones as [TestNode, TestNode, TestNode, TestNode];
    for (const outsider of [european, createNode()]) {
      await assertions.revertWithCustomErrorWithArgs(
        submit(batch, sorted([a, b, outsider])),
        reputation,
        "NotABackbone",
        [outsider.peerID],
      );
    }
    await nexus.write.deregister([d.peerID], asOperator);
    const left = submit(batch, [a, b, d]);
    await assertions.revertWithCustomErrorWithArgs(left, reputation, "NotABackbone", [d.peerID]);
    await nexus.write.setBackboneApproval([operator.account.address, false]);
    const revoked = submit(batch, [a, b, c]);
    await assertions.revertWithCustomErrorWithArgs(revoked, reputation, "NotABackbone", [a.peerID]);
  });

  it("refuses what was signed for another batch, contract or chain, and a malleable signature", async () => {
    const { reputation, backbones, batchOf } = await load();
    const batch = await batchOf(55);
    const foreign = [
      await sign(reputation, { ...batch, epoch: batch.epoch - 1n }, backbones),
      await sign({ address: owner.account.address }, batch, backbones),
      await sign(reputation, batch, backbones, 137),
    ];
    for (const signatures of foreign) {
      const attempt = reputation.write.submit([batch, signatures]).catch(String);
      expect(await attempt).to.match(/NotABackbone|SignersUnsorted/);
    }
    const good = await sign(reputation, batch, backbones);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const malleable = good.map((signature) => {
      const [s, yParity] = [BigInt(signature.vs) & (2n ** 255n - 1n), BigInt(signature.vs) >> 255n];
      return {
        ...signature,
        vs: numberToHex(((order - s) | ((1n - yParity) << 255n)) & (2n ** 256n - 1n), { size: 32 }),
      };
    });
    expect(await reputation.write.submit([batch, malleable]).catch(String)).to.match(
      /InvalidSignature|NotABackbone|SignersUnsorted/,
    );
    const zero = good.map(({ mlDsaKeyHash }) => ({
      mlDsaKeyHash,
      r: numberToHex(0n, { size: 32 }),
      vs: toHex(0, { size: 32 }),
    }));
    await assertions.revertWithCustomErrorWithArgs(
      reputation.write.submit([batch, zero]),
      reputation,
      "InvalidSignature",
      [0n],
    );
  });

  it("takes one batch per epoch, none of the past and none of the future", async () => {
    const { reputation, backbones, batchOf, submit } = await load();
    const batch = await batchOf(55);
    await submit(batch, backbones);
    for (const epoch of [batch.epoch, batch.epoch - 1n, batch.epoch + 1n]) {
      await assertions.revertWithCustomErrorWithArgs(
        submit({ ...batch, epoch }, backbones),
        reputation,
        "EpochOutOfTurn",
        [epoch, batch.epoch, batch.epoch],
      );
    }
  });

  it("lets anybody check a probe against the epoch's evidence", async () => {
    const { reputation, backbones, batchOf, submit } = await load();
    const { proof } = evidence();
    const batch = await batchOf(55);
    expect(await reputation.read.verifyEvidence([batch.epoch, probes[0], proof])).to.equal(false);
    await submit(batch, backbones);
    expect(await reputation.read.verifyEvidence([batch.epoch, probes[0], proof])).to.equal(true);
    expect(await reputation.read.verifyEvidence([batch.epoch, probes[1], proof])).to.equal(false);
    expect(await reputation.read.verifyEvidence([batch.epoch, probes[0], proof.slice(1)])).to.equal(false);
    // An inner node of the tree, handed in as if it were a probe, is none.
    const inner = concat(
      probes
        .slice(0, 2)
        .map((probe) => keccak256(keccak256(probe)))
        .toSorted(),
    );
    expect(await reputation.read.verifyEvidence([batch.epoch, inner, proof.slice(1)])).to.equal(false);
  });
});

describe("NodeNexus.applyScores", () => {
  const load = () => networkHelpers.loadFixture(quorate);

  it("is the scorer's alone, whom governance names", async () => {
    const { nexus, reputation } = await load();
    const attempt = nexus.write.applyScores([EUROPE, LIGHT_PUBLIC, "0x"]);
    await assertions.revertWithCustomErrorWithArgs(attempt, nexus, "NotScorer", [getAddress(owner.account.address)]);
    expect(await nexus.read.scorer()).to.equal(getAddress(reputation.address));
    await assertions.revertWithCustomError(
      nexus.write.setScorer([zeroAddress], asStranger),
      nexus,
      "OwnableUnauthorizedAccount",
    );
  });

  it("refuses changes that are cut off or unsorted", async () => {
    const { nexus } = await load();
    const sent = nexus.write.setScorer([owner.account.address]);
    await assertions.emitWithArgs(sent, nexus, "ScorerSet", [getAddress(owner.account.address)]);
    const apply = (changes: Hex) => nexus.write.applyScores([EUROPE, LIGHT_PUBLIC, changes]);
    await assertions.revertWithCustomErrorWithArgs(apply(slice(change(1, 1), 1)), nexus, "InvalidChanges", [4n]);
    for (const changes of [concat([change(5, 1), change(5, 2)]), change(0, 1)]) {
      await assertions.revertWithCustomErrorWithArgs(apply(changes), nexus, "UnsortedChanges", [
        changes === change(0, 1) ? 0 : 5,
      ]);
    }
  });
});

describe("NodeNexus.evict", () => {
  const load = () => networkHelpers.loadFixture(quorate);

  it("takes a backbone that lost its approval out of the quorum, and lets it withdraw", async () => {
    const { nexus, backbones, nodes } = await load();
    const [backbone, light] = [backbones[0] as TestNode, nodes[0] as TestNode];
    expect(await nexus.read.backboneCount()).to.equal(4n);
    expect(await nexus.read.isBackbone([backbone.peerID])).to.equal(true);
    for (const { peerID } of [backbone, light, createNode()]) {
      await assertions.revertWithCustomErrorWithArgs(nexus.write.evict([peerID], asStranger), nexus, "NotEvictable", [
        peerID,
      ]);
    }
    await nexus.write.setBackboneApproval([operator.account.address, false]);
    await assertions.emit(nexus.write.evict([backbone.peerID], asStranger), nexus, "NodeDeregistered");
    await assertions.revertWithCustomError(nexus.write.evict([backbone.peerID]), nexus, "NotEvictable");
    expect(await nexus.read.backboneCount()).to.equal(3n);
    await networkHelpers.time.increase(7 * 24 * 3600);
    await nexus.write.withdraw([backbone.peerID], asOperator);
  });

  it("counts backbones that change their type", async () => {
    const { nexus, backbones, nodes } = await load();
    const [backbone, light] = [backbones[0] as TestNode, nodes[0] as TestNode];
    await nexus.write.update([backbone.peerID, LIGHT_PUBLIC, EUROPE, 10], asOperator);
    expect(await nexus.read.backboneCount()).to.equal(3n);
    await nexus.write.update([light.peerID, BACKBONE_AUTH, EUROPE, 10], asOperator);
    expect(await nexus.read.backboneCount()).to.equal(4n);
  });
});
