import { expect } from "chai";
import { concat, getAddress, type Hex, slice, zeroAddress } from "viem";
import {
  asOperator,
  asStranger,
  assertions,
  BACKBONE_AUTH,
  createNode,
  EUROPE,
  LIGHT_PUBLIC,
  networkHelpers,
  operator,
  owner,
  type TestNode,
} from "../fixture.ts";
import { change, quorate } from "./quorum.ts";

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
