import { expect } from "chai";
import {
  asOperator,
  asStranger,
  assertions,
  createNode,
  EUROPE,
  emptyNexus,
  LIGHT_PUBLIC,
  MINIMUM,
  networkHelpers,
  registerNode,
  timeOf,
  UNBONDING_S,
} from "./fixture.ts";

describe("NodeNexus.deregister", () => {
  const load = async () => {
    const { nexus } = await networkHelpers.loadFixture(emptyNexus);
    return { nexus, ...(await registerNode(nexus)) };
  };

  it("takes the node out of every look-up at once", async () => {
    const { nexus, peerID } = await load();
    const { peerID: stays } = await registerNode(nexus);
    await nexus.write.deregister([peerID], asOperator);
    expect(await nexus.read.getPublicLightNodes([EUROPE, 10n])).to.deep.equal([stays]);
    expect(await nexus.read.nodeCount([EUROPE, LIGHT_PUBLIC])).to.equal(1n);
    const [page, total] = await nexus.read.nodesPage([EUROPE, LIGHT_PUBLIC, 0n, 10n]);
    expect({ page: page.map((node) => node.peerID), total }).to.deep.equal({ page: [stays], total: 1n });
  });

  it("starts the unbonding of the stake and says when it ends", async () => {
    const { nexus, peerID } = await load();
    const hash = await nexus.write.deregister([peerID], asOperator);
    const availableAt = (await timeOf(hash)) + BigInt(UNBONDING_S);
    await assertions.emitWithArgs(Promise.resolve(hash), nexus, "NodeDeregistered", [peerID, availableAt]);
    expect(await nexus.read.unbondingOf([peerID])).to.deep.equal([MINIMUM, availableAt]);
    expect(await nexus.read.nodes([peerID])).to.deep.include({ active: false, stake: MINIMUM, region: EUROPE });
  });

  it("lets a node leave under the period it came under, though governance lengthened it since", async () => {
    const { nexus, peerID } = await load();
    const { peerID: leaving } = await registerNode(nexus);
    await nexus.write.deregister([leaving], asOperator);
    const before = await nexus.read.unbondingOf([leaving]);
    await nexus.write.setUnbondingPeriod([30n * 24n * 3600n]);
    expect(await nexus.read.unbondingOf([leaving])).to.deep.equal(before);

    const hash = await nexus.write.deregister([peerID], asOperator);
    expect((await nexus.read.unbondingOf([peerID]))[1]).to.equal((await timeOf(hash)) + BigInt(UNBONDING_S));
    const { peerID: newcomer } = await registerNode(nexus);
    const left = await nexus.write.deregister([newcomer], asOperator);
    expect((await nexus.read.unbondingOf([newcomer]))[1]).to.equal((await timeOf(left)) + 30n * 24n * 3600n);
  });

  it("shows nothing unbonding for an active and for an unknown node", async () => {
    const { nexus, peerID } = await load();
    expect(await nexus.read.unbondingOf([peerID])).to.deep.equal([0n, 0n]);
    expect(await nexus.read.unbondingOf([createNode().peerID])).to.deep.equal([0n, 0n]);
  });

  it("rejects a foreign operator, an unknown node and a second time", async () => {
    const { nexus, peerID } = await load();
    await assertions.revertWithCustomError(nexus.write.deregister([peerID], asStranger), nexus, "NotOperator");
    await assertions.revertWithCustomError(
      nexus.write.deregister([createNode().peerID], asOperator),
      nexus,
      "NotRegistered",
    );
    await nexus.write.deregister([peerID], asOperator);
    const [, availableAt] = await nexus.read.unbondingOf([peerID]);
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.deregister([peerID], asOperator),
      nexus,
      "AlreadyUnbonding",
      [peerID, availableAt],
    );
  });
});
