import { expect } from "chai";
import type { Hex } from "viem";
import {
  asOperator,
  BACKBONE_AUTH,
  EUROPE,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  networkHelpers,
  OCEANIA,
  registerNode,
  stranger,
  UNBONDING_S,
} from "../contracts/fixture.ts";
import { expectAgreement } from "./agreement.ts";
import { openNetwork, poolOf } from "./network.ts";
import { change, registerBackbones, section, submitScores } from "./quorum.ts";

describe("subgraph/scores", () => {
  it("keeps the scores of each epoch, with who moved from where to where", async () => {
    const network = await openNetwork();
    const { nexus } = network;
    const backbones = await registerBackbones(network);
    const european = await registerNode(nexus);
    const oceanian = await registerNode(nexus, { region: OCEANIA });
    const [first, second] = [await poolOf(network, european.peerID), await poolOf(network, oceanian.peerID)];
    const { epoch, hash } = await submitScores(network, backbones, [
      section(EUROPE, LIGHT_PUBLIC, change(first, 57)),
      section(OCEANIA, LIGHT_PUBLIC, change(second, 90)),
    ]);
    await submitScores(network, backbones, [section(EUROPE, LIGHT_PUBLIC, change(first, 57))]);
    await expectAgreement(network);
    const [submitted] = await network.all("Epoch");
    expect(submitted).to.deep.include({ number: epoch, signers: 3n, transaction: hash });
    expect(submitted?.submitter).to.equal(stranger.account.address);
    expect(
      (await network.all("ScoreChange")).map(({ node, epoch, from, to }) => ({ node, epoch, from, to })),
    ).to.deep.equal([
      { node: european.peerID, epoch: submitted?.id, from: 50, to: 57 },
      { node: oceanian.peerID, epoch: submitted?.id, from: 50, to: 60 },
    ]);
  });

  it("passes over numbers that nobody has, that moved elsewhere, and whose peer ID has come back", async () => {
    const network = await openNetwork();
    const { nexus } = network;
    const backbones = await registerBackbones(network);
    const [moved, back] = [await registerNode(nexus), await registerNode(nexus)];
    const [movedPool, formerPool] = [await poolOf(network, moved.peerID), await poolOf(network, back.peerID)];
    await nexus.write.update([moved.peerID, LIGHT_PUBLIC, OCEANIA, 10], asOperator);
    await submitScores(network, backbones, [section(EUROPE, LIGHT_PUBLIC, change(formerPool, 60))]);
    await nexus.write.deregister([back.peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdraw([back.peerID], asOperator);
    await registerNode(nexus, { node: back });
    const changes = [movedPool, formerPool, 4_000].map((pool) => change(pool, 55));
    await submitScores(network, backbones, [section(EUROPE, LIGHT_PUBLIC, ...changes)]);
    await expectAgreement(network);
    expect(await network.all("ScoreChange")).to.have.lengthOf(1);
    expect((await network.entity("Node", back.peerID)).score).to.equal(50);
  });

  it("takes an earned score back, and leaves a bad one, when a node changes its type", async () => {
    const network = await openNetwork();
    const { nexus } = network;
    const backbones = await registerBackbones(network);
    const [good, bad] = [await registerNode(nexus), await registerNode(nexus)];
    const pools = [await poolOf(network, good.peerID), await poolOf(network, bad.peerID)] as const;
    const changes = [change(pools[0], 60), change(pools[1], 40)];
    await submitScores(network, backbones, [section(EUROPE, LIGHT_PUBLIC, ...changes)]);
    for (const { peerID } of [good, bad]) {
      await nexus.write.update([peerID, LIGHT_PRIVATE, EUROPE, 100], asOperator);
    }
    await expectAgreement(network);
    const last = (await network.all("ScoreChange")).at(-1);
    expect(last).to.deep.include({ node: good.peerID, epoch: null, from: 60, to: 50 });
  });

  it("follows a node of more than a byte's number, and many changes in one batch", async () => {
    const network = await openNetwork();
    const { nexus } = network;
    const backbones = await registerBackbones(network);
    for (let i = 0; i < 260; i++) await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: 0n });
    const changes = Array.from({ length: 260 }, (_, i) => change(i + 1 + backbones.length, 41 + (i % 20)));
    await submitScores(network, backbones, [
      section(EUROPE, BACKBONE_AUTH, change(1, 52)),
      section(EUROPE, LIGHT_PRIVATE, ...changes),
    ]);
    const unchanged = changes.filter((_, i) => 41 + (i % 20) === 50).length;
    expect(await network.all("ScoreChange")).to.have.lengthOf(1 + changes.length - unchanged);
    for (const { id, score } of await network.all("Node")) {
      expect(score).to.equal(await nexus.read.scoreOf([id as Hex]));
    }
  }).timeout(180_000);
});
