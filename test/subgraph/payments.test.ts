import { expect } from "chai";
import { parseEther, parseGwei } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import {
  asOperator,
  asStranger,
  createNode,
  networkHelpers,
  owner,
  publicClient,
  registerNode,
  stranger,
} from "../contracts/fixture.ts";
import { voucherOf } from "../contracts/relay-payments/market.ts";
import { expectAgreement } from "./agreement.ts";
import { openNetwork } from "./network.ts";

const SHM = parseEther("1");
const NOTICE_S = 24 * 3600;

/** A node that takes a fifth, and a stranger who pays it by a channel. */
async function openChannel() {
  const network = await openNetwork();
  const { nexus, payments } = network;
  const { peerID } = await registerNode(nexus);
  await nexus.write.setCommission([peerID, 2_000], asOperator);
  const session = privateKeyToAccount(generatePrivateKey());
  await payments.write.open([peerID, session.address], { ...asStranger, value: 10n * SHM });
  const payer = stranger.account.address;
  const channel = await payments.read.channelId([payer, peerID, 1]);
  const voucher = (cumulativeWei: bigint, other: Parameters<typeof voucherOf>[2] = {}) =>
    voucherOf({ payments, peerID, session }, cumulativeWei, other);
  return { network, nexus, payments, peerID, session, payer, channel, voucher };
}

describe("subgraph/payments", () => {
  it("follows a channel through deposits and redemptions, in whole gwei", async () => {
    const { network, payments, peerID, payer, channel, voucher } = await openChannel();
    await payments.write.redeem([peerID, await voucher(parseGwei("3") + 999_999_999n)]);
    await expectAgreement(network);
    await payments.write.fund([payer, peerID], { value: SHM });
    await payments.write.redeem([peerID, await voucher(2n * SHM)]);
    await expectAgreement(network);
    const redemptions = await network.all("Redemption");
    expect(redemptions.map(({ amount, node }) => [amount, node])).to.deep.equal([
      [parseGwei("3"), peerID],
      [2n * SHM - parseGwei("3"), peerID],
    ]);
    expect(await network.entity("Channel", channel)).to.deep.include({ deposited: 11n * SHM, redeemed: 2n * SHM });
    const rewarded = (await network.all("Reward")).map(({ commission, toStake }) => [commission, toStake]);
    expect(rewarded.at(-1)).to.deep.equal([(2n * SHM - parseGwei("3")) / 5n, ((2n * SHM - parseGwei("3")) * 4n) / 5n]);
  });

  it("counts many vouchers redeemed at once, and passes over those that pay nothing more", async () => {
    const { network, payments, peerID, session, voucher } = await openChannel();
    const other = { payer: owner.account.address };
    await payments.write.open([peerID, session.address], { value: 5n * SHM });
    const vouchers = [await voucher(SHM), await voucher(2n * SHM, other), await voucher(SHM)];
    await payments.write.redeemMany([peerID, vouchers]);
    await expectAgreement(network);
    expect(await network.all("Redemption")).to.have.lengthOf(2);
    expect(await network.all("Reward")).to.have.lengthOf(1);
  });

  it("tells when a payer may leave, that it stays after all, and what it was paid back", async () => {
    const { network, payments, peerID, payer, channel, voucher } = await openChannel();
    await payments.write.announceExit([peerID], asStranger);
    await payments.write.fund([payer, peerID], { value: SHM });
    await expectAgreement(network);
    expect((await network.entity("Channel", channel)).closableAt).to.not.equal(null);
    await payments.write.fund([payer, peerID], { ...asStranger, value: SHM });
    await expectAgreement(network);
    expect((await network.entity("Channel", channel)).closableAt).to.equal(null);

    await payments.write.announceExit([peerID], asStranger);
    await payments.write.redeem([peerID, await voucher(4n * SHM)]);
    await networkHelpers.time.increase(NOTICE_S);
    await payments.write.close([peerID], asStranger);
    await expectAgreement(network);
    expect(await network.entity("Channel", channel)).to.deep.include({ status: "CLOSED", refunded: 8n * SHM });
    await payments.write.open([peerID, payer], { ...asStranger, value: SHM });
    await expectAgreement(network);
    const channels = (await network.all("Channel")).map(({ number, status }) => [number, status]);
    expect(channels).to.deep.equal([
      [1n, "CLOSED"],
      [2n, "OPEN"],
    ]);
  });

  it("takes a channel to a peer ID that nobody has registered", async () => {
    const network = await openNetwork();
    const { peerID } = createNode();
    await network.payments.write.open([peerID, stranger.account.address], { ...asStranger, value: SHM });
    await expectAgreement(network);
    expect(await network.all("Channel")).to.have.lengthOf(1);
  });

  it("keeps a day's totals apart from the next one's, by UTC", async () => {
    const { network, nexus, payments, peerID, voucher } = await openChannel();
    const day = BigInt((await networkHelpers.time.latest()) + 24 * 3600) / 86_400n;
    await networkHelpers.time.setNextBlockTimestamp((day + 1n) * 86_400n - 1n);
    await payments.write.redeem([peerID, await voucher(SHM)]);
    await networkHelpers.time.setNextBlockTimestamp((day + 1n) * 86_400n);
    await payments.write.redeem([peerID, await voucher(4n * SHM)]);
    await expectAgreement(network);
    const [first, second] = [await network.entity("Day", `${day}`), await network.entity("Day", `${day + 1n}`)];
    expect(first).to.deep.include({
      start: day * 86_400n,
      redeemed: SHM,
      redemptions: 1,
      activeNodes: 1,
    });
    expect(second).to.deep.include({ redeemed: 3n * SHM, commission: (3n * SHM) / 5n });
    expect(second.stake).to.equal((await nexus.read.nodes([peerID])).stake);
    expect(BigInt((await publicClient.getBlock()).timestamp) / 86_400n).to.equal(day + 1n);
  });
});
