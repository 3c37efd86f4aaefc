import { expect } from "chai";
import { getAddress, zeroAddress } from "viem";
import {
  asOperator,
  asStranger,
  assertions,
  createNode,
  MINIMUM,
  networkHelpers,
  owner,
  publicClient,
  stranger,
  UNBONDING_S,
} from "../fixture.ts";
import { court, DAY_S, PER_WEI } from "./court.ts";

describe("NodeNexus.slash and freeze", () => {
  it("are the slasher's alone, within bounds, whom governance names", async () => {
    const { nexus, node } = await networkHelpers.loadFixture(court);
    const { peerID } = node;
    for (const attempt of [nexus.write.slash([peerID, 1]), nexus.write.freeze([peerID, 0n])]) {
      await assertions.revertWithCustomErrorWithArgs(attempt, nexus, "NotSlasher", [getAddress(owner.account.address)]);
    }
    await assertions.revertWithCustomError(
      nexus.write.setSlasher([zeroAddress], asStranger),
      nexus,
      "OwnableUnauthorizedAccount",
    );
    await assertions.emit(nexus.write.setSlasher([owner.account.address]), nexus, "SlasherSet");
    expect(await nexus.read.slasher()).to.equal(getAddress(owner.account.address));
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.slash([peerID, 10_001]),
      nexus,
      "InvalidPenalty",
      [10_001, 10_000],
    );
    const now = BigInt(await networkHelpers.time.latest());
    await assertions.revertWithCustomError(
      nexus.write.freeze([peerID, now + BigInt(15 * DAY_S)]),
      nexus,
      "FreezeTooLong",
    );
    await assertions.revertWithCustomError(nexus.write.slash([createNode().peerID, 1]), nexus, "NotRegistered");
  });

  it("leave no pool whose shares could be too many to count", async () => {
    const { nexus, node } = await networkHelpers.loadFixture(court);
    await nexus.write.setSlasher([owner.account.address]);
    await nexus.write.stake([node.peerID, 0n], { ...asStranger, value: MINIMUM });
    await nexus.write.slash([node.peerID, 10_000]);
    const flood = nexus.write.stake([node.peerID, 0n], { ...asStranger, value: MINIMUM });
    await assertions.revertWithCustomError(flood, nexus, "AmountTooLarge");
  });

  it("take everything at most, and leave shares that are worth nothing but can still go", async () => {
    const { nexus, node } = await networkHelpers.loadFixture(court);
    await nexus.write.setSlasher([owner.account.address]);
    const { pool } = await nexus.read.poolOf([node.peerID]);
    await nexus.write.stake([node.peerID, 0n], { ...asStranger, value: MINIMUM });
    await nexus.write.unstake([pool, 5n * PER_WEI], asStranger);
    // The owner's account takes what is slashed.
    await nexus.write.slash([node.peerID, 10_000]);
    const { shares } = await nexus.read.stakerOf([pool, stranger.account.address]);
    await nexus.write.unstake([pool, shares], asStranger);
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdrawUnstaked([pool, 1n], asStranger);
    await nexus.write.withdrawUnstaked([pool, 0n], asStranger);
    await nexus.write.deregister([node.peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdraw([node.peerID], asOperator);
    expect((await publicClient.getBalance({ address: nexus.address })) <= 1n).to.equal(true);
  });
});
