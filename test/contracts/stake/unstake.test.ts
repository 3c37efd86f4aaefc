import { expect } from "chai";
import { getAddress, zeroAddress } from "viem";
import {
  asOperator,
  asPauser,
  asStranger,
  assertions,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  MINIMUM,
  networkHelpers,
  OCEANIA,
  operator,
  registerNode,
  stranger,
  timeOf,
  UNBONDING_S,
} from "../fixture.ts";
import { loadPool, openPool, PER_WEI, passUnbonding, SHM, stakeOf, stakeOn } from "./pool.ts";

describe("NodeNexus.unstake", () => {
  async function stakedPool() {
    const opened = await openPool();
    await stakeOn(opened.nexus, opened.peerID, 50n * SHM);
    return opened;
  }
  const loadStaked = () => networkHelpers.loadFixture(stakedPool);

  it("turns shares into an unbonding, and pays it when its time has come, also while paused", async () => {
    const { nexus, pool } = await loadStaked();
    await nexus.write.pause(asPauser);
    const hash = await nexus.write.unstake([pool, 20n * SHM * PER_WEI], asStranger);
    const availableAt = (await timeOf(hash)) + BigInt(UNBONDING_S);
    const account = getAddress(stranger.account.address);
    await assertions.emitWithArgs(Promise.resolve(hash), nexus, "Unstaked", [
      pool,
      account,
      0n,
      20n * SHM,
      20n * SHM * PER_WEI,
      availableAt,
    ]);
    expect(await nexus.read.stakerOf([pool, account])).to.deep.equal({
      shares: 30n * SHM * PER_WEI,
      stake: 30n * SHM,
      unbondings: [{ amount: 20n * SHM, availableAt }],
    });
    expect((await nexus.read.poolAt([pool])).unbonding).to.equal(20n * SHM);
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.withdrawUnstaked([pool, 0n], asStranger),
      nexus,
      "StillUnbonding",
      [availableAt],
    );
    await passUnbonding();
    const paid = nexus.write.withdrawUnstaked([pool, 0n], asStranger);
    await assertions.emitWithArgs(paid, nexus, "UnstakedWithdrawn", [pool, account, 0n, 20n * SHM]);
    await assertions.balancesHaveChanged(paid, [
      { address: stranger.account.address, amount: 20n * SHM },
      { address: nexus.address, amount: -20n * SHM },
    ]);
  });

  it("keeps several unbondings at once, in any order", async () => {
    const { nexus, pool } = await loadStaked();
    for (const amount of [1n, 2n, 3n]) {
      await nexus.write.unstake([pool, amount * SHM * PER_WEI], asStranger);
      await networkHelpers.time.increase(3600);
    }
    await passUnbonding();
    const paid = nexus.write.withdrawUnstaked([pool, 0n], asStranger);
    await assertions.balancesHaveChanged(paid, [{ address: stranger.account.address, amount: SHM }]);
    const { unbondings } = await nexus.read.stakerOf([pool, stranger.account.address]);
    expect(unbondings.map(({ amount }) => amount)).to.deep.equal([3n * SHM, 2n * SHM]);
    await nexus.write.withdrawUnstaked([pool, 1n], asStranger);
    await nexus.write.withdrawUnstaked([pool, 0n], asStranger);
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.withdrawUnstaked([pool, 0n], asStranger),
      nexus,
      "NoSuchUnbonding",
      [pool, getAddress(stranger.account.address), 0n],
    );
  });

  it("lets what unbonds be bonded again, but not once the node leaves", async () => {
    const { nexus, peerID, pool } = await loadStaked();
    await nexus.write.unstake([pool, 20n * SHM * PER_WEI], asStranger);
    const sent = nexus.write.rebond([pool, 0n], asStranger);
    await assertions.emit(sent, nexus, "Rebonded");
    expect(await stakeOf(nexus, pool)).to.equal(50n * SHM);
    await nexus.write.unstake([pool, 20n * SHM * PER_WEI], asStranger);
    await nexus.write.pause(asPauser);
    await assertions.revertWithCustomError(nexus.write.rebond([pool, 0n], asStranger), nexus, "EnforcedPause");
    await nexus.write.unpause(asPauser);
    await nexus.write.deregister([peerID], asOperator);
    await assertions.revertWithCustomErrorWithArgs(nexus.write.rebond([pool, 0n], asStranger), nexus, "PoolClosed", [
      pool,
    ]);
  });

  it("refuses no shares, more than the account has, and a pool that never was", async () => {
    const { nexus, pool } = await loadStaked();
    for (const shares of [0n, 50n * SHM * PER_WEI + 1n]) {
      await assertions.revertWithCustomErrorWithArgs(
        nexus.write.unstake([pool, shares], asStranger),
        nexus,
        "NotEnoughShares",
        [shares, 50n * SHM * PER_WEI],
      );
    }
    for (const unknown of [0, pool + 1]) {
      const unstaked = nexus.write.unstake([unknown, 1n], asStranger);
      await assertions.revertWithCustomErrorWithArgs(unstaked, nexus, "UnknownPool", [unknown]);
      await assertions.revertWithCustomErrorWithArgs(nexus.read.poolAt([unknown]), nexus, "UnknownPool", [unknown]);
    }
  });

  it("lets an operator take out what is above the minimum, with and without stakers", async () => {
    const { nexus } = await loadPool();
    for (const shared of [false, true]) {
      const { peerID } = await registerNode(nexus, { value: MINIMUM + 5n * SHM });
      const { pool } = await nexus.read.poolOf([peerID]);
      if (shared) await stakeOn(nexus, peerID, SHM);
      await assertions.revertWithCustomErrorWithArgs(
        nexus.write.unstake([pool, 6n * SHM * PER_WEI], asOperator),
        nexus,
        "StakeTooLow",
        [MINIMUM - SHM, MINIMUM],
      );
      await nexus.write.unstake([pool, 5n * SHM * PER_WEI], asOperator);
      await passUnbonding();
      const paid = nexus.write.withdrawUnstaked([pool, 0n], asOperator);
      await assertions.balancesHaveChanged(paid, [{ address: operator.account.address, amount: 5n * SHM }]);
      await nexus.write.deregister([peerID], asOperator);
      await nexus.write.unstake([pool, MINIMUM * PER_WEI], asOperator);
    }
  });

  it("counts only the operator's own stake for another type", async () => {
    const { nexus } = await loadPool();
    const { peerID } = await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: SHM });
    await stakeOn(nexus, peerID, MINIMUM);
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.update([peerID, LIGHT_PUBLIC, OCEANIA, 10], asOperator),
      nexus,
      "StakeTooLow",
      [SHM, MINIMUM],
    );
    await nexus.write.update([peerID, LIGHT_PUBLIC, OCEANIA, 10], { ...asOperator, value: MINIMUM - SHM });
  });

  it("keeps nobody waiting longer than the operator once the node leaves", async () => {
    const { nexus, peerID, pool } = await loadStaked();
    await nexus.write.deregister([peerID], asOperator);
    const [, availableAt] = await nexus.read.unbondingOf([peerID]);
    await networkHelpers.time.increase(3600);
    await nexus.write.unstake([pool, SHM * PER_WEI], asStranger);
    const { unbondings } = await nexus.read.stakerOf([pool, stranger.account.address]);
    expect(unbondings).to.deep.equal([{ amount: SHM, availableAt }]);
    await passUnbonding();
    const late = await nexus.write.unstake([pool, SHM * PER_WEI], asStranger);
    const after = await nexus.read.stakerOf([pool, stranger.account.address]);
    expect(after.unbondings[1]).to.deep.equal({ amount: SHM, availableAt: await timeOf(late) });
  });

  it("finds the stakers' part where it was, after the operator has gone and another has come", async () => {
    const { nexus, peerID, pool } = await loadStaked();
    await nexus.write.reward([peerID], { value: 10n * SHM });
    await nexus.write.deregister([peerID], asOperator);
    await passUnbonding();
    const paid = nexus.write.withdraw([peerID], asOperator);
    // A tenth of the reward is commission; two thirds of the rest, less a wei of rounding, are the operator's.
    await assertions.balancesHaveChanged(paid, [{ address: operator.account.address, amount: 107n * SHM - 1n }]);
    const closed = await nexus.read.poolAt([pool]);
    expect(closed).to.deep.include({ operator: zeroAddress, operatorShares: 0n, stake: 53n * SHM + 1n });

    expect(await stakeOf(nexus, pool)).to.equal(53n * SHM);
    await nexus.write.unstake([pool, 50n * SHM * PER_WEI], asStranger);
    const left = nexus.write.withdrawUnstaked([pool, 0n], asStranger);
    await assertions.balancesHaveChanged(left, [{ address: stranger.account.address, amount: 53n * SHM }]);
  });

  it("returns to a pool of the operator alone when the last staker leaves", async () => {
    const { nexus, peerID, pool } = await loadStaked();
    await nexus.write.unstake([pool, 50n * SHM * PER_WEI], asStranger);
    await nexus.write.topUp([peerID], { value: 1n });
    expect(await nexus.read.poolAt([pool])).to.deep.include({
      stake: MINIMUM + 1n,
      shares: (MINIMUM + 1n) * PER_WEI,
      operatorShares: (MINIMUM + 1n) * PER_WEI,
      unbonding: 50n * SHM,
    });
  });
});
