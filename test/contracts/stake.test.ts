import { expect } from "chai";
import { getAddress, type Hex, parseEther, zeroAddress } from "viem";
import {
  asOperator,
  asPauser,
  asStranger,
  assertions,
  contractOperator,
  createNode,
  emptyNexus,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  MINIMUM,
  type Nexus,
  networkHelpers,
  OCEANIA,
  operator,
  owner,
  publicClient,
  registerNode,
  stranger,
  timeOf,
  UNBONDING_S,
} from "./fixture.ts";

const SHM = parseEther("1");
/** Shares that a wei buys while nothing was gained or lost. */
const PER_WEI = 10n ** 6n;

/** A public node with a commission of 10 %, and its pool. */
async function openPool() {
  const { nexus } = await emptyNexus();
  const { peerID } = await registerNode(nexus);
  await nexus.write.setCommission([peerID, 1_000], asOperator);
  const { pool } = await nexus.read.poolOf([peerID]);
  return { nexus, peerID, pool };
}
const load = () => networkHelpers.loadFixture(openPool);
const stakeOn = (nexus: Nexus, peerID: Hex, value: bigint, account = stranger.account) =>
  nexus.write.stake([peerID, 0n], { account, value });
const stakeOf = async (nexus: Nexus, pool: number, account = stranger.account) =>
  (await nexus.read.stakerOf([pool, account.address])).stake;
const passUnbonding = () => networkHelpers.time.increase(UNBONDING_S);

describe("NodeNexus.stake", () => {
  it("gives shares at their worth, beside the operator's", async () => {
    const { nexus, peerID, pool } = await load();
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
    const { nexus, peerID, pool } = await load();
    await stakeOn(nexus, peerID, SHM, operator.account);
    expect(await stakeOf(nexus, pool, operator.account)).to.equal(MINIMUM + SHM);
    await stakeOn(nexus, peerID, 10n * SHM);
    const sent = nexus.write.topUp([peerID], { value: 2n * SHM });
    await assertions.emitWithArgs(sent, nexus, "StakeAdded", [peerID, 2n * SHM]);
    expect(await stakeOf(nexus, pool, operator.account)).to.equal(MINIMUM + 3n * SHM);
    expect(await stakeOf(nexus, pool)).to.equal(10n * SHM);
  });

  it("refuses nothing, less than the caller wants, an unknown node, one that leaves, and while paused", async () => {
    const { nexus, peerID, pool } = await load();
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
    const { nexus } = await load();
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

  it("refuses what would not buy a single share", async () => {
    const { nexus } = await load();
    const { peerID } = await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: 0n });
    await nexus.write.setCommission([peerID, 0], asOperator);
    await stakeOn(nexus, peerID, 1n, owner.account);
    await nexus.write.reward([peerID], { value: 100n * SHM });
    await assertions.revertWithCustomErrorWithArgs(stakeOn(nexus, peerID, 1n), nexus, "TooFewShares", [0n, 1n]);
  });
});

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
      await assertions.revertWithCustomErrorWithArgs(
        nexus.write.unstake([unknown, 1n], asStranger),
        nexus,
        "UnknownPool",
        [unknown],
      );
    }
  });

  it("lets an operator take out what is above the minimum, with and without stakers", async () => {
    const { nexus } = await load();
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
    const { nexus } = await load();
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

describe("NodeNexus.reward", () => {
  it("is all the operator's to claim while nobody else was promised a part", async () => {
    const { nexus } = await load();
    const { peerID } = await registerNode(nexus);
    const sent = nexus.write.reward([peerID], { value: SHM });
    await assertions.emitWithArgs(sent, nexus, "Rewarded", [peerID, SHM, 0n]);
    const claimed = nexus.write.claim([peerID], asStranger);
    await assertions.balancesHaveChanged(claimed, [{ address: operator.account.address, amount: SHM }]);
  });

  it("raises what the shares are worth by what the commission leaves", async () => {
    const { nexus, peerID, pool } = await load();
    await stakeOn(nexus, peerID, MINIMUM);
    const sent = nexus.write.reward([peerID], { value: 10n * SHM });
    await assertions.emitWithArgs(sent, nexus, "Rewarded", [peerID, SHM, 9n * SHM]);
    const [own, other] = [await stakeOf(nexus, pool, operator.account), await stakeOf(nexus, pool)];
    expect(own).to.equal(other);
    expect(other).to.equal(MINIMUM + (9n * SHM) / 2n - 1n);
    expect((await nexus.read.poolOf([peerID])).earnings).to.equal(SHM);
  });

  it("refuses nothing, and an ID that nobody registered", async () => {
    const { nexus, peerID } = await load();
    await assertions.revertWithCustomError(nexus.write.reward([peerID]), nexus, "NothingSent");
    const { peerID: unknown } = createNode();
    await assertions.revertWithCustomError(nexus.write.reward([unknown], { value: 1n }), nexus, "NotRegistered");
    await assertions.revertWithCustomError(nexus.write.claim([unknown]), nexus, "NotRegistered");
    const { peerID: bare } = await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: 0n });
    await nexus.write.reward([bare], { value: 1n });
  });

  it("is paid to the beneficiary, with the leaving at the latest", async () => {
    const { nexus, peerID } = await load();
    const beneficiary = getAddress(stranger.account.address);
    const sent = nexus.write.setBeneficiary([peerID, beneficiary], asOperator);
    await assertions.emitWithArgs(sent, nexus, "BeneficiarySet", [peerID, beneficiary]);
    await assertions.revertWithCustomError(
      nexus.write.setBeneficiary([peerID, beneficiary], asStranger),
      nexus,
      "NotOperator",
    );
    await nexus.write.reward([peerID], { value: 10n * SHM });
    await nexus.write.deregister([peerID], asOperator);
    await passUnbonding();
    const paid = nexus.write.withdraw([peerID], asOperator);
    await assertions.emitWithArgs(paid, nexus, "EarningsClaimed", [peerID, beneficiary, SHM]);
    await assertions.balancesHaveChanged(paid, [
      { address: beneficiary, amount: SHM },
      { address: operator.account.address, amount: MINIMUM + 9n * SHM },
    ]);
  });

  it("does not let a beneficiary that refuses it keep the operator from leaving", async () => {
    const { nexus, peerID } = await load();
    const { contract } = await contractOperator(nexus);
    await contract.write.setConduct([1, "0x"]);
    await nexus.write.setBeneficiary([peerID, contract.address], asOperator);
    await nexus.write.reward([peerID], { value: SHM });
    await nexus.write.deregister([peerID], asOperator);
    await passUnbonding();
    await assertions.revertWithCustomError(nexus.write.withdraw([peerID], asOperator), nexus, "TransferFailed");
    await nexus.write.setBeneficiary([peerID, zeroAddress], asOperator);
    await nexus.write.withdraw([peerID], asOperator);
  });
});

describe("NodeNexus.setCommission", () => {
  it("is free while the operator is alone, and the operator's alone", async () => {
    const { nexus, peerID } = await load();
    for (const bps of [0, 10_000, 2_000]) {
      const sent = nexus.write.setCommission([peerID, bps], asOperator);
      await assertions.emitWithArgs(sent, nexus, "CommissionSet", [peerID, bps]);
    }
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.setCommission([peerID, 10_001], asOperator),
      nexus,
      "InvalidCommission",
      [10_001, 10_000],
    );
    await assertions.revertWithCustomError(nexus.write.setCommission([peerID, 0], asStranger), nexus, "NotOperator");
  });

  it("rises by five points at most, announced for as long as leaving takes", async () => {
    const { nexus, peerID } = await load();
    await stakeOn(nexus, peerID, SHM);
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.setCommission([peerID, 1_501], asOperator),
      nexus,
      "InvalidCommission",
      [1_501, 1_500],
    );
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.executeCommission([peerID]),
      nexus,
      "NoCommissionAnnounced",
      [peerID],
    );
    const hash = await nexus.write.setCommission([peerID, 1_500], asOperator);
    const nextCommissionAt = (await timeOf(hash)) + BigInt(UNBONDING_S);
    await assertions.emitWithArgs(Promise.resolve(hash), nexus, "CommissionAnnounced", [
      peerID,
      1_500,
      nextCommissionAt,
    ]);
    expect(await nexus.read.poolOf([peerID])).to.deep.include({
      commissionBps: 1_000,
      nextCommissionBps: 1_500,
      nextCommissionAt,
    });
    await assertions.revertWithCustomErrorWithArgs(nexus.write.executeCommission([peerID]), nexus, "CommissionNotDue", [
      nextCommissionAt,
    ]);
    await passUnbonding();
    await assertions.emitWithArgs(nexus.write.executeCommission([peerID]), nexus, "CommissionSet", [peerID, 1_500]);
    expect((await nexus.read.poolOf([peerID])).commissionBps).to.equal(1_500);
  });

  it("falls at once, which takes back what was announced; none is announced by a node that leaves", async () => {
    const { nexus, peerID } = await load();
    await stakeOn(nexus, peerID, SHM);
    await nexus.write.setCommission([peerID, 1_400], asOperator);
    await nexus.write.setCommission([peerID, 900], asOperator);
    expect(await nexus.read.poolOf([peerID])).to.deep.include({ commissionBps: 900, nextCommissionAt: 0n });
    await nexus.write.deregister([peerID], asOperator);
    await assertions.revertWithCustomError(
      nexus.write.setCommission([peerID, 1_000], asOperator),
      nexus,
      "AlreadyUnbonding",
    );
  });
});

describe("NodeNexus and the coins it holds", () => {
  it("have nothing left when everybody has gone, but the wei of rounding", async () => {
    const { nexus, peerID, pool } = await load();
    await stakeOn(nexus, peerID, 7n * SHM + 3n);
    await stakeOn(nexus, peerID, 11n * SHM + 7n, owner.account);
    await nexus.write.reward([peerID], { value: 5n * SHM + 1n });
    for (const account of [stranger.account, owner.account]) {
      const { shares } = await nexus.read.stakerOf([pool, account.address]);
      await nexus.write.unstake([pool, shares], { account });
    }
    await nexus.write.deregister([peerID], asOperator);
    await passUnbonding();
    for (const account of [stranger.account, owner.account])
      await nexus.write.withdrawUnstaked([pool, 0n], { account });
    await nexus.write.withdraw([peerID], asOperator);
    expect(await publicClient.getBalance({ address: nexus.address })).to.equal(0n);
  });
});
