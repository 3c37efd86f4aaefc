import { expect } from "chai";
import { getAddress } from "viem";
import {
  asOperator,
  asPauser,
  asStranger,
  assertions,
  createNode,
  LIGHT_PRIVATE,
  MINIMUM,
  networkHelpers,
  operator,
  owner,
  registerNode,
  stranger,
} from "../fixture.ts";
import { loadPool, PER_WEI, SHM, stakeOf, stakeOn } from "./pool.ts";

describe("NodeNexus.stake", () => {
  it("gives shares at their worth, beside the operator's", async () => {
    const { nexus, peerID, pool } = await loadPool();
    const sent = stakeOn(nexus, peerID, 50n * SHM);
    await assertions.emitWithArgs(sent, nexus, "Staked", [
      pool,
      getAddress(stranger.account.address),
      50n * SHM,
      50n * SHM * PER_WEI,
    ]);
    expect(await nexus.read.poolOf([peerID])).to.deep.equal({
      pool,
      peerID,
      operator: getAddress(operator.account.address),
      beneficiary: getAddress(operator.account.address),
      stake: 150n * SHM,
      shares: 150n * SHM * PER_WEI,
      operatorShares: MINIMUM * PER_WEI,
      unbonding: 0n,
      earnings: 0n,
      commissionBps: 1_000,
      nextCommissionBps: 0,
      nextCommissionAt: 0n,
      frozenUntil: 0n,
    });
    expect(await nexus.read.stakerOf([pool, stranger.account.address])).to.deep.equal({
      shares: 50n * SHM * PER_WEI,
      stake: 50n * SHM,
      unbondings: [],
    });
    expect((await nexus.read.nodes([peerID])).stake).to.equal(150n * SHM);
  });

  it("is a top-up when it comes from the operator, and so is a top-up of a shared pool", async () => {
    const { nexus, peerID, pool } = await loadPool();
    await stakeOn(nexus, peerID, SHM, operator.account);
    expect(await stakeOf(nexus, pool, operator.account)).to.equal(MINIMUM + SHM);
    await stakeOn(nexus, peerID, 10n * SHM);
    const sent = nexus.write.topUp([peerID], { value: 2n * SHM });
    await assertions.emitWithArgs(sent, nexus, "StakeAdded", [peerID, 2n * SHM]);
    expect(await stakeOf(nexus, pool, operator.account)).to.equal(MINIMUM + 3n * SHM);
    expect(await stakeOf(nexus, pool)).to.equal(10n * SHM);
  });

  it("refuses nothing, less than the caller wants, an unknown node, one that leaves, and while paused", async () => {
    const { nexus, peerID, pool } = await loadPool();
    await assertions.revertWithCustomError(stakeOn(nexus, peerID, 0n), nexus, "NothingSent");
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.stake([peerID, PER_WEI + 1n], { ...asStranger, value: 1n }),
      nexus,
      "TooFewShares",
      [PER_WEI, PER_WEI + 1n],
    );
    const { peerID: unknown } = createNode();
    await assertions.revertWithCustomError(stakeOn(nexus, unknown, 1n), nexus, "NotRegistered");
    await nexus.write.pause(asPauser);
    await assertions.revertWithCustomError(stakeOn(nexus, peerID, 1n), nexus, "EnforcedPause");
    await nexus.write.unpause(asPauser);
    await nexus.write.deregister([peerID], asOperator);
    await assertions.revertWithCustomErrorWithArgs(stakeOn(nexus, peerID, 1n), nexus, "PoolClosed", [pool]);
  });

  it("does not let the first staker rob the second by inflating an empty pool", async () => {
    const { nexus } = await loadPool();
    const { peerID } = await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: 0n });
    await nexus.write.setCommission([peerID, 0], asOperator);
    const { pool } = await nexus.read.poolOf([peerID]);
    await stakeOn(nexus, peerID, 1n, owner.account);
    await nexus.write.reward([peerID], { value: 100n * SHM });
    await stakeOn(nexus, peerID, 10n * SHM);
    const [robber, victim] = [await stakeOf(nexus, pool, owner.account), await stakeOf(nexus, pool)];
    expect(victim >= 10n * SHM - SHM / 1_000n, `the victim has ${victim}`).to.equal(true);
    expect(robber <= 55n * SHM, `the robber has ${robber}`).to.equal(true);
  });

  it("refuses more coins than a pool can count", async () => {
    const { nexus, peerID } = await loadPool();
    await networkHelpers.setBalance(stranger.account.address, 2n ** 97n);
    await assertions.revertWithCustomErrorWithArgs(stakeOn(nexus, peerID, 2n ** 96n), nexus, "AmountTooLarge", [
      2n ** 96n + MINIMUM,
      2n ** 96n - 1n,
    ]);
  });

  it("refuses what would not buy a single share", async () => {
    const { nexus } = await loadPool();
    const { peerID } = await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: 0n });
    await nexus.write.setCommission([peerID, 0], asOperator);
    await stakeOn(nexus, peerID, 1n, owner.account);
    await nexus.write.reward([peerID], { value: 100n * SHM });
    await assertions.revertWithCustomErrorWithArgs(stakeOn(nexus, peerID, 1n), nexus, "TooFewShares", [0n, 1n]);
  });
});
