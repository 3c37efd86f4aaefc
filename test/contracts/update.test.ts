import { expect } from "chai";
import { encodePacked, parseEther } from "viem";
import { regionId } from "../../scripts/deploy/parameters.ts";
import {
  asOperator,
  asPauser,
  asStranger,
  assertions,
  BACKBONE_AUTH,
  createNode,
  EUROPE,
  emptyNexus,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  MINIMUM,
  networkHelpers,
  OCEANIA,
  owner,
  registerNode,
  timeOf,
} from "./fixture.ts";

describe("NodeNexus.update", () => {
  const load = async () => {
    const { nexus } = await networkHelpers.loadFixture(emptyNexus);
    return { nexus, ...(await registerNode(nexus)) };
  };

  it("changes the bandwidth and tells it", async () => {
    const { nexus, peerID } = await load();
    const sent = nexus.write.update([peerID, LIGHT_PUBLIC, EUROPE, 250], asOperator);
    await assertions.emitWithArgs(sent, nexus, "NodeUpdated", [peerID, LIGHT_PUBLIC, EUROPE, 250]);
    expect((await nexus.read.nodes([peerID])).bandwidthMbps).to.equal(250);
  });

  it("moves a node to another region, where it is found with the same score", async () => {
    const { nexus, peerID } = await load();
    await nexus.write.update([peerID, LIGHT_PUBLIC, OCEANIA, 100], asOperator);
    expect(await nexus.read.getPublicLightNodes([EUROPE, 10n])).to.deep.equal([]);
    expect(await nexus.read.getPublicLightNodes([OCEANIA, 10n])).to.deep.equal([peerID]);
    expect((await nexus.read.nodes([peerID])).region).to.equal(OCEANIA);
    expect(await nexus.read.scoreOf([peerID])).to.equal(50);
  });

  it("keeps its neighbours in place when a node moves away", async () => {
    const { nexus, peerID } = await load();
    const others = [await registerNode(nexus), await registerNode(nexus)].map((node) => node.peerID);
    await nexus.write.update([peerID, LIGHT_PUBLIC, OCEANIA, 100], asOperator);
    expect(await nexus.read.getPublicLightNodes([EUROPE, 10n])).to.have.members(others);
    for (const other of others) await nexus.write.deregister([other], asOperator);
    expect(await nexus.read.nodeCount([EUROPE, LIGHT_PUBLIC])).to.equal(0n);
  });

  it("takes a private node public once the stake it holds and sends reaches the minimum", async () => {
    const { nexus } = await load();
    const { peerID } = await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: parseEther("40") });
    const goPublic = (value: bigint) =>
      nexus.write.update([peerID, LIGHT_PUBLIC, EUROPE, 100], { ...asOperator, value });
    await assertions.revertWithCustomErrorWithArgs(goPublic(parseEther("59")), nexus, "StakeTooLow", [
      parseEther("99"),
      MINIMUM,
    ]);
    await assertions.emitWithArgs(goPublic(parseEther("60")), nexus, "StakeAdded", [peerID, parseEther("60")]);
    expect(await nexus.read.nodes([peerID])).to.deep.include({ nodeType: LIGHT_PUBLIC, stake: MINIMUM });
    expect(await nexus.read.getPublicLightNodes([EUROPE, 10n])).to.include(peerID);
  });

  it("lets a public node go private and keeps its stake", async () => {
    const { nexus, peerID } = await load();
    await nexus.write.update([peerID, LIGHT_PRIVATE, EUROPE, 100], asOperator);
    expect(await nexus.read.nodes([peerID])).to.deep.include({ nodeType: LIGHT_PRIVATE, stake: MINIMUM });
    expect(await nexus.read.getPublicLightNodes([EUROPE, 10n])).to.deep.equal([]);
  });

  it("asks a raised minimum of newcomers only", async () => {
    const { nexus, peerID } = await load();
    await nexus.write.setMinimumStake([LIGHT_PUBLIC, MINIMUM * 2n]);
    await nexus.write.update([peerID, LIGHT_PUBLIC, OCEANIA, 7], asOperator);
    expect((await nexus.read.nodes([peerID])).bandwidthMbps).to.equal(7);
  });

  it("rejects a foreign operator, an unknown node and an unknown region", async () => {
    const { nexus, peerID } = await load();
    const change = [LIGHT_PUBLIC, EUROPE, 100] as const;
    await assertions.revertWithCustomError(nexus.write.update([peerID, ...change], asStranger), nexus, "NotOperator");
    const { peerID: unknown } = createNode();
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.update([unknown, ...change], asOperator),
      nexus,
      "NotRegistered",
      [unknown],
    );
    await assertions.revertWithCustomError(
      nexus.write.update([peerID, LIGHT_PUBLIC, regionId("atlantis"), 100], asOperator),
      nexus,
      "UnknownRegion",
    );
  });

  it("rejects no bandwidth, a closed region and a role that is not approved", async () => {
    const { nexus, peerID } = await load();
    await assertions.revertWithCustomError(
      nexus.write.update([peerID, LIGHT_PUBLIC, EUROPE, 0], asOperator),
      nexus,
      "InvalidBandwidth",
    );
    await nexus.write.setRegion([OCEANIA, false]);
    await assertions.revertWithCustomError(
      nexus.write.update([peerID, LIGHT_PUBLIC, OCEANIA, 100], asOperator),
      nexus,
      "RegionClosed",
    );
    await assertions.revertWithCustomError(
      nexus.write.update([peerID, BACKBONE_AUTH, EUROPE, 100], asOperator),
      nexus,
      "BackboneNotApproved",
    );
  });

  it("lets a node stay in a region that was closed", async () => {
    const { nexus, peerID } = await load();
    await nexus.write.setRegion([EUROPE, false]);
    await nexus.write.update([peerID, LIGHT_PUBLIC, EUROPE, 300], asOperator);
    expect(await nexus.read.getPublicLightNodes([EUROPE, 1n])).to.deep.equal([peerID]);
  });

  it("rejects a node that is leaving", async () => {
    const { nexus, peerID } = await load();
    await nexus.write.deregister([peerID], asOperator);
    await assertions.revertWithCustomError(
      nexus.write.update([peerID, LIGHT_PUBLIC, EUROPE, 100], asOperator),
      nexus,
      "AlreadyUnbonding",
    );
  });

  it("changes the bandwidth while paused, but neither type, region nor stake", async () => {
    const { nexus, peerID } = await load();
    await nexus.write.pause(asPauser);
    await nexus.write.update([peerID, LIGHT_PUBLIC, EUROPE, 99], asOperator);
    for (const [nodeType, region, value] of [
      [LIGHT_PRIVATE, EUROPE, 0n],
      [LIGHT_PUBLIC, OCEANIA, 0n],
      [LIGHT_PUBLIC, EUROPE, 1n],
    ] as const) {
      await assertions.revertWithCustomError(
        nexus.write.update([peerID, nodeType, region, 99], { ...asOperator, value }),
        nexus,
        "EnforcedPause",
      );
    }
  });
});

describe("NodeNexus.update of the type", () => {
  it("takes back to 50 what was earned in another role, and leaves what was lost", async () => {
    const { nexus } = await networkHelpers.loadFixture(emptyNexus);
    await nexus.write.setScorer([owner.account.address]);
    for (const [score, after] of [
      [60, 50],
      [40, 40],
    ] as const) {
      const { peerID } = await registerNode(nexus);
      const { pool } = await nexus.read.poolOf([peerID]);
      const changes = encodePacked(["uint32", "uint8"], [pool, score]);
      await nexus.write.applyScores([EUROPE, LIGHT_PUBLIC, changes]);
      await nexus.write.update([peerID, LIGHT_PRIVATE, EUROPE, 100], asOperator);
      expect(await nexus.read.scoreOf([peerID])).to.equal(after);
    }
  });
});

describe("NodeNexus.heartbeat", () => {
  const load = async () => {
    const { nexus } = await networkHelpers.loadFixture(emptyNexus);
    return { nexus, ...(await registerNode(nexus)) };
  };

  it("notes when the node was last seen", async () => {
    const { nexus, peerID } = await load();
    await networkHelpers.time.increase(3600);
    const hash = await nexus.write.heartbeat([peerID], asOperator);
    expect((await nexus.read.nodes([peerID])).lastSeen).to.equal(await timeOf(hash));
  });

  it("is the operator's alone, and ends with the node", async () => {
    const { nexus, peerID } = await load();
    await assertions.revertWithCustomError(nexus.write.heartbeat([peerID], asStranger), nexus, "NotOperator");
    await nexus.write.deregister([peerID], asOperator);
    await assertions.revertWithCustomError(nexus.write.heartbeat([peerID], asOperator), nexus, "AlreadyUnbonding");
  });
});
