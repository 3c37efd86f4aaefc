import { expect } from "chai";
import {
  asOperator,
  asStranger,
  MINIMUM,
  networkHelpers,
  operator,
  owner,
  registerNode,
  stranger,
  UNBONDING_S,
} from "../contracts/fixture.ts";
import { expectAgreement } from "./agreement.ts";
import { openNetwork, poolOf } from "./network.ts";

const SHM = 10n ** 18n;
const PER_WEI = 10n ** 6n;

/** A public node with a commission of 10 %, on which nobody but its operator has staked. */
async function openPool() {
  const network = await openNetwork();
  const { nexus } = network;
  const { peerID } = await registerNode(nexus);
  await nexus.write.setCommission([peerID, 1_000], asOperator);
  return { network, nexus, peerID, pool: await poolOf(network, peerID) };
}

describe("subgraph/stakers", () => {
  it("follows the shares of a pool that only the operator holds, through rewards and top-ups", async () => {
    const { network, nexus, peerID, pool } = await openPool();
    await nexus.write.reward([peerID], { value: 7n * SHM });
    await nexus.write.topUp([peerID], { value: 3n });
    await nexus.write.stake([peerID, 0n], { ...asOperator, value: 2n * SHM });
    await nexus.write.unstake([pool, SHM * PER_WEI], asOperator);
    await expectAgreement(network);
    expect((await network.entity("Staker", `${pool}-${operator.account.address}`)).staked).to.equal(
      MINIMUM + 2n * SHM + 3n,
    );
  });

  it("counts a top-up of a shared pool once, though two events tell of it", async () => {
    const { network, nexus, peerID } = await openPool();
    await nexus.write.stake([peerID, 0n], { ...asStranger, value: 50n * SHM });
    await nexus.write.topUp([peerID], { value: 5n * SHM });
    await nexus.write.update([peerID, 2, (await nexus.read.nodes([peerID])).region, 99], { ...asOperator, value: SHM });
    await expectAgreement(network);
    expect((await network.entity("Registry", "nexus")).stake).to.equal(MINIMUM + 56n * SHM);
  });

  it("keeps unbondings in the contract's order, whichever is withdrawn or staked again", async () => {
    const { network, nexus, peerID, pool } = await openPool();
    await nexus.write.stake([peerID, 0n], { ...asStranger, value: 10n * SHM });
    for (const part of [1n, 2n, 3n, 4n]) await nexus.write.unstake([pool, part * SHM * PER_WEI], asStranger);
    await expectAgreement(network);
    await nexus.write.rebond([pool, 1n], asStranger);
    await expectAgreement(network);
    await networkHelpers.time.increase(UNBONDING_S);
    for (const index of [0n, 1n, 0n]) {
      await nexus.write.withdrawUnstaked([pool, index], asStranger);
      await expectAgreement(network);
    }
    const unbondings = await network.all("Unbonding");
    expect(unbondings.map(({ status, paid }) => [status, paid])).to.deep.equal([
      ["WITHDRAWN", SHM],
      ["REBONDED", 2n * SHM],
      ["WITHDRAWN", 3n * SHM],
      ["WITHDRAWN", 4n * SHM],
    ]);
    expect(await network.entity("Staker", `${pool}-${stranger.account.address}`)).to.deep.include({
      staked: 12n * SHM,
      unstaked: 10n * SHM,
      withdrawn: 8n * SHM,
      openUnbondings: [],
    });
  });

  it("leaves the stakers their part when the operator withdraws, also once the peer ID has come back", async () => {
    const network = await openNetwork();
    const { nexus } = network;
    const node = await registerNode(nexus);
    const pool = await poolOf(network, node.peerID);
    await nexus.write.setCommission([node.peerID, 2_000], asOperator);
    await nexus.write.stake([node.peerID, 0n], { ...asStranger, value: 3n * SHM });
    await nexus.write.reward([node.peerID], { value: SHM });
    await nexus.write.deregister([node.peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdraw([node.peerID], asOperator);
    await expectAgreement(network);
    await registerNode(nexus, { node });
    await nexus.write.unstake([pool, SHM * PER_WEI], asStranger);
    await nexus.write.withdrawUnstaked([pool, 0n], asStranger);
    await expectAgreement(network);
    expect(await network.entity("Pool", String(pool))).to.deep.include({ closed: true, operatorShares: 0n });
    const claims = await network.all("Claim");
    expect(claims.map(({ amount, beneficiary }) => [amount, beneficiary])).to.deep.equal([
      [SHM / 5n, operator.account.address],
    ]);
  });
});

describe("subgraph/rewards", () => {
  it("splits a reward as the contract does, and pays commission to the beneficiary", async () => {
    const { network, nexus, peerID, pool } = await openPool();
    await nexus.write.stake([peerID, 0n], { ...asStranger, value: 50n * SHM });
    await nexus.write.reward([peerID], { value: 10n * SHM });
    await nexus.write.setBeneficiary([peerID, owner.account.address], asOperator);
    await expectAgreement(network);
    expect(await network.all("Reward")).to.have.lengthOf(1);
    expect((await network.all("Reward"))[0]).to.deep.include({
      commission: SHM,
      toStake: 9n * SHM,
      pool: String(pool),
    });
    await nexus.write.claim([peerID]);
    await nexus.write.setBeneficiary([peerID, "0x0000000000000000000000000000000000000000"], asOperator);
    await expectAgreement(network);
    expect((await network.all("Claim"))[0]).to.deep.include({ amount: SHM, beneficiary: owner.account.address });
    expect((await network.entity("Operator", operator.account.address)).commission).to.equal(SHM);
  });

  it("tells a commission that is announced, and when it begins", async () => {
    const { network, nexus, peerID, pool } = await openPool();
    await nexus.write.stake([peerID, 0n], { ...asStranger, value: SHM });
    await nexus.write.setCommission([peerID, 1_500], asOperator);
    await expectAgreement(network);
    expect(await network.entity("Pool", String(pool))).to.deep.include({
      commissionBps: 1_000,
      nextCommissionBps: 1_500,
    });
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.executeCommission([peerID]);
    await expectAgreement(network);
    await nexus.write.setCommission([peerID, 1_600], asOperator);
    await nexus.write.setCommission([peerID, 1_200], asOperator);
    await expectAgreement(network);
    expect(await network.entity("Pool", String(pool))).to.deep.include({ commissionBps: 1_200, nextCommissionBps: 0 });
  });
});
