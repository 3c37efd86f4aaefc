import { expect } from "chai";
import { getAddress, zeroAddress } from "viem";
import {
  asOperator,
  asStranger,
  assertions,
  contractOperator,
  createNode,
  LIGHT_PRIVATE,
  MINIMUM,
  operator,
  owner,
  publicClient,
  registerNode,
  stranger,
} from "../fixture.ts";
import { loadPool, passUnbonding, SHM, stakeOf, stakeOn } from "./pool.ts";

describe("NodeNexus.reward", () => {
  it("is all the operator's to claim while nobody else was promised a part", async () => {
    const { nexus } = await loadPool();
    const { peerID } = await registerNode(nexus);
    const sent = nexus.write.reward([peerID], { value: SHM });
    await assertions.emitWithArgs(sent, nexus, "Rewarded", [peerID, SHM, 0n]);
    const claimed = nexus.write.claim([peerID], asStranger);
    await assertions.balancesHaveChanged(claimed, [{ address: operator.account.address, amount: SHM }]);
  });

  it("raises what the shares are worth by what the commission leaves", async () => {
    const { nexus, peerID, pool } = await loadPool();
    await stakeOn(nexus, peerID, MINIMUM);
    const sent = nexus.write.reward([peerID], { value: 10n * SHM });
    await assertions.emitWithArgs(sent, nexus, "Rewarded", [peerID, SHM, 9n * SHM]);
    const [own, other] = [await stakeOf(nexus, pool, operator.account), await stakeOf(nexus, pool)];
    expect(own).to.equal(other);
    expect(other).to.equal(MINIMUM + (9n * SHM) / 2n - 1n);
    expect((await nexus.read.poolOf([peerID])).earnings).to.equal(SHM);
  });

  it("refuses nothing, and an ID that nobody registered", async () => {
    const { nexus, peerID } = await loadPool();
    await assertions.revertWithCustomError(nexus.write.reward([peerID]), nexus, "NothingSent");
    const { peerID: unknown } = createNode();
    await assertions.revertWithCustomError(nexus.write.reward([unknown], { value: 1n }), nexus, "NotRegistered");
    await assertions.revertWithCustomError(nexus.write.claim([unknown]), nexus, "NotRegistered");
  });

  it("reaches a node without stake, again and again", async () => {
    const { nexus } = await loadPool();
    const { peerID } = await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: 0n });
    for (const value of [1n, 2n]) await nexus.write.reward([peerID], { value });
    expect(await nexus.read.poolOf([peerID])).to.deep.include({ stake: 0n, earnings: 3n });
  });

  it("is paid to the beneficiary, with the leaving at the latest", async () => {
    const { nexus, peerID } = await loadPool();
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
    const { nexus, peerID } = await loadPool();
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

describe("NodeNexus and the coins it holds", () => {
  it("have nothing left when everybody has gone, but the wei of rounding", async () => {
    const { nexus, peerID, pool } = await loadPool();
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
