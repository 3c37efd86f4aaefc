import { expect } from "chai";
import { getAddress, type Hex, keccak256, numberToHex, parseAbi, parseGwei, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import {
  asOperator,
  asPauser,
  asStranger,
  assertions,
  createNode,
  deploy,
  gasOf,
  MINIMUM,
  networkHelpers,
  operator,
  owner,
  publicClient,
  stranger,
  underCoverage,
} from "../fixture.ts";
import { loadMarket, market, NOTICE_S, SHM, voucherOf } from "./market.ts";

describe("RelayPayments.redeem", () => {
  it("pays a node what its last voucher says, less what was paid before", async () => {
    const { nexus, payments, peerID, channel, redeem } = await loadMarket();
    const first = redeem(2n * SHM);
    await assertions.emitWithArgs(first, payments, "Redeemed", [channel, 2n * SHM]);
    await assertions.emitWithArgs(first, nexus, "Rewarded", [peerID, 2n * SHM, 0n]);
    const second = redeem(5n * SHM);
    await assertions.balancesHaveChanged(second, [
      { address: payments.address, amount: -3n * SHM },
      { address: nexus.address, amount: 3n * SHM },
    ]);
    const claimed = nexus.write.claim([peerID]);
    await assertions.balancesHaveChanged(claimed, [{ address: operator.account.address, amount: 5n * SHM }]);
  });

  it("splits what it pays between commission and stake", async () => {
    const { nexus, peerID, redeem } = await loadMarket();
    await nexus.write.setCommission([peerID, 2_000], asOperator);
    await redeem(5n * SHM);
    expect(await nexus.read.poolOf([peerID])).to.deep.include({ earnings: SHM, stake: MINIMUM + 4n * SHM });
  });

  it("never pays a voucher twice, nor an older one", async () => {
    const { payments, channel, redeem } = await loadMarket();
    await redeem(2n * SHM);
    for (const again of [2n * SHM, SHM]) {
      await assertions.revertWithCustomErrorWithArgs(redeem(again), payments, "NothingToRedeem", [channel]);
    }
  });

  it("keeps what is below a gwei for the next voucher", async () => {
    const { payments, peerID, redeem } = await loadMarket();
    await redeem(parseGwei("1") + 999_999_999n);
    expect((await payments.read.channelOf([stranger.account.address, peerID])).redeemed).to.equal(parseGwei("1"));
    await redeem(parseGwei("2"));
    expect((await payments.read.channelOf([stranger.account.address, peerID])).redeemed).to.equal(parseGwei("2"));
  });

  it("refuses more than the deposit, and takes it once there is more", async () => {
    const { payments, peerID, channel, redeem } = await loadMarket();
    await assertions.revertWithCustomErrorWithArgs(redeem(11n * SHM), payments, "VoucherExceedsDeposit", [
      channel,
      11n * SHM,
      10n * SHM,
    ]);
    const funded = payments.write.fund([stranger.account.address, peerID], { value: SHM });
    await assertions.emitWithArgs(funded, payments, "ChannelFunded", [channel, SHM]);
    await redeem(11n * SHM);
  });

  it("refuses a signature that is another's, of another amount or chain, or none", async () => {
    const loaded = await loadMarket();
    const { payments, peerID, channel } = loaded;
    const good = await voucherOf(loaded, SHM);
    const thief = privateKeyToAccount(generatePrivateKey());
    const zero = numberToHex(0n, { size: 32 });
    for (const { r, vs } of [
      await voucherOf({ ...loaded, session: thief }, SHM),
      await voucherOf(loaded, SHM, { chainId: 137 }),
      await voucherOf(loaded, 2n * SHM),
      { r: zero, vs: zero },
    ]) {
      await assertions.revertWithCustomErrorWithArgs(
        payments.write.redeem([peerID, { ...good, r, vs }]),
        payments,
        "InvalidVoucher",
        [channel],
      );
    }
    await payments.write.redeem([peerID, good]);
  });

  it("pays the malleable twin of a voucher no more than the voucher", async () => {
    const loaded = await loadMarket();
    const { payments, peerID, channel } = loaded;
    const { vs, ...voucher } = await voucherOf(loaded, SHM);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = BigInt(vs) & (2n ** 255n - 1n);
    // The twin's s is over half the order: it has no short form, and its low half is another signature.
    const twin = numberToHex(((order - s) % 2n ** 255n) | ((~(BigInt(vs) >> 255n) & 1n) << 255n), { size: 32 });
    const forged = payments.write.redeem([peerID, { ...voucher, vs: twin }]);
    await assertions.revertWithCustomErrorWithArgs(forged, payments, "InvalidVoucher", [channel]);
    await payments.write.redeem([peerID, { ...voucher, vs }]);
    await assertions.revertWithCustomError(
      payments.write.redeem([peerID, { ...voucher, vs }]),
      payments,
      "NothingToRedeem",
    );
  });

  it("refuses a voucher at another proxy of the same code", async () => {
    const loaded = await loadMarket();
    const other = await market();
    await other.payments.write.open([loaded.peerID, loaded.session.address], { ...asStranger, value: SHM });
    await assertions.revertWithCustomError(
      other.payments.write.redeem([loaded.peerID, await voucherOf(loaded, SHM)]),
      other.payments,
      "InvalidVoucher",
    );
  });

  it("redeems many channels at once, pays the node once, and passes over what pays nothing", async () => {
    const { nexus, payments, peerID, session, redeem } = await loadMarket();
    const payers = [owner, operator];
    for (const { account } of payers) {
      await payments.write.open([peerID, session.address], { account, value: 3n * SHM });
    }
    await redeem(SHM);
    const vouchers = [await voucherOf({ payments, peerID, session }, SHM)];
    for (const { account } of payers) {
      vouchers.push(await voucherOf({ payments, peerID, session }, 2n * SHM, { payer: account.address }));
    }
    const sent = payments.write.redeemMany([peerID, vouchers], asStranger);
    await assertions.emitWithArgs(sent, nexus, "Rewarded", [peerID, 4n * SHM, 0n]);
    await payments.write.redeemMany([peerID, vouchers]);
    expect(await publicClient.getBalance({ address: payments.address })).to.equal(11n * SHM);
  });

  it("pays no node that is not registered: the payer's coins stay the payer's", async () => {
    const { nexus, payments, session } = await loadMarket();
    const { peerID } = createNode();
    await payments.write.open([peerID, session.address], { ...asStranger, value: SHM });
    const voucher = await voucherOf({ payments, peerID, session }, SHM);
    await assertions.revertWithCustomError(payments.write.redeem([peerID, voucher]), nexus, "NotRegistered");
  });

  it("takes what a payer's contract signs, pays it back once though it calls back, and only if it takes coins", async () => {
    const { payments, peerID } = await loadMarket();
    const abi = parseAbi([
      "function open(bytes20 peerID) payable",
      "function announceExit()",
      "function close()",
      "function refuse(bool refuses)",
      "function reentryFailed() view returns (bool)",
    ]);
    const payer = await deploy("PayerContract", abi, [payments.address]);
    await payer.write.open([peerID], { value: 3n * SHM });
    const redeem = (signature: Hex, cumulativeWei = SHM) =>
      payments.write.redeemSigned([peerID, payer.address, 1, cumulativeWei, signature]);
    const signature = keccak256(toHex("signed"));
    await assertions.revertWithCustomError(redeem(keccak256("0x")), payments, "InvalidVoucher");
    await redeem(signature);
    await assertions.revertWithCustomError(redeem(signature), payments, "NothingToRedeem");
    const foreign = payments.write.redeemSigned([peerID, stranger.account.address, 1, SHM, signature]);
    await assertions.revertWithCustomError(foreign, payments, "InvalidVoucher");
    await payer.write.announceExit();
    await networkHelpers.time.increase(NOTICE_S);
    await payer.write.refuse([true]);
    await assertions.revertWithCustomErrorWithArgs(payer.write.close(), payments, "TransferFailed", [
      getAddress(payer.address),
      2n * SHM,
    ]);
    await payer.write.refuse([false]);
    await assertions.balancesHaveChanged(payer.write.close(), [{ address: payer.address, amount: 2n * SHM }]);
    expect(await payer.read.reentryFailed()).to.equal(true);
  });

  it("costs little to redeem, one or many", async function () {
    if (underCoverage) this.skip();
    const { payments, peerID, session, redeem } = await loadMarket();
    await redeem(SHM);
    const one = Number(await gasOf(await redeem(2n * SHM)));
    const wallets = [owner, operator, { account: asPauser.account }];
    for (const { account } of wallets) {
      await payments.write.open([peerID, session.address], { account, value: 3n * SHM });
    }
    const vouchers = await Promise.all(
      wallets.map(({ account }) => voucherOf({ payments, peerID, session }, SHM, { payer: account.address })),
    );
    const single = Number(await gasOf(await payments.write.redeemMany([peerID, vouchers.slice(0, 1)])));
    const more = await Promise.all(
      wallets.map(({ account }) => voucherOf({ payments, peerID, session }, 2n * SHM, { payer: account.address })),
    );
    const many = Number(await gasOf(await payments.write.redeemMany([peerID, more])));
    expect(one).to.be.at.most(65_000);
    expect((many - single) / 2).to.be.at.most(14_000);
  });
});
