import { expect } from "chai";
import { concat, getAddress, type Hex, keccak256, numberToHex, toHex } from "viem";
import {
  asOperator,
  assertions,
  createNode,
  EUROPE,
  LIGHT_PUBLIC,
  networkHelpers,
  OCEANIA,
  operator,
  owner,
  stranger,
  type TestNode,
} from "../fixture.ts";
import { change, EPOCH_S, evidence, loadReputation, probes, sign } from "./quorum.ts";

describe("Reputation", () => {
  it("moves the scores that a quorum signed, whoever hands them in, and keeps the root of the evidence", async () => {
    const { nexus, reputation, backbones, european, oceanian, idOf, scoreOf, batchOf, submit } = await loadReputation();
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
    const { nexus, backbones, european, idOf, scoreOf, batchOf, submit } = await loadReputation();
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
    const { nexus, backbones, european, batchOf, submit } = await loadReputation();
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
    const { reputation, backbones, batchOf, submit } = await loadReputation();
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
    const { nexus, reputation, backbones, european, batchOf, submit } = await loadReputation();
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
    const { reputation, backbones, batchOf } = await loadReputation();
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

  it("lets anybody check a probe against the epoch's evidence", async () => {
    const { reputation, backbones, batchOf, submit } = await loadReputation();
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
