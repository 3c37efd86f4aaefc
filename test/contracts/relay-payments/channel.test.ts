import { expect } from "chai";
import { type Address, getAddress, numberToHex, zeroAddress } from "viem";
import { asPauser, asStranger, assertions, createNode, networkHelpers, owner, stranger, timeOf } from "../fixture.ts";
import { loadMarket, NOTICE_S, SHM, voucherOf } from "./market.ts";

describe("RelayPayments channels", () => {
  it("pays a payer back what was not redeemed, after the notice, and the node until then", async () => {
    const { payments, peerID, channel, redeem } = await loadMarket();
    const early = payments.write.close([peerID], asStranger);
    await assertions.revertWithCustomErrorWithArgs(early, payments, "ExitNotAnnounced", [channel]);
    const hash = await payments.write.announceExit([peerID], asStranger);
    const closableAt = (await timeOf(hash)) + BigInt(NOTICE_S);
    await assertions.emitWithArgs(Promise.resolve(hash), payments, "ExitAnnounced", [channel, closableAt]);
    expect((await payments.read.channelOf([stranger.account.address, peerID])).closableAt).to.equal(closableAt);
    const waiting = payments.write.close([peerID], asStranger);
    await assertions.revertWithCustomErrorWithArgs(waiting, payments, "NoticeRunning", [closableAt]);
    await redeem(4n * SHM);
    await networkHelpers.time.increase(NOTICE_S);
    const closed = payments.write.close([peerID], asStranger);
    await assertions.emitWithArgs(closed, payments, "ChannelClosed", [channel, 6n * SHM]);
    await assertions.balancesHaveChanged(closed, [{ address: stranger.account.address, amount: 6n * SHM }]);
    await assertions.revertWithCustomErrorWithArgs(redeem(5n * SHM), payments, "NoChannel", [channel]);
  });

  it("gives a new channel a new number, so that no voucher of the old one counts", async () => {
    const loaded = await loadMarket();
    const { payments, peerID, session, channel } = loaded;
    const again = () => payments.write.open([peerID, session.address], { ...asStranger, value: 9n * SHM });
    await assertions.revertWithCustomErrorWithArgs(again(), payments, "ChannelStillOpen", [channel]);
    await payments.write.announceExit([peerID], asStranger);
    await networkHelpers.time.increase(NOTICE_S);
    await payments.write.close([peerID], asStranger);
    const sent = again();
    await assertions.emit(sent, payments, "ChannelOpened");
    const old = await voucherOf(loaded, SHM);
    await assertions.revertWithCustomError(payments.write.redeem([peerID, old]), payments, "NoChannel");
    await assertions.revertWithCustomError(
      payments.write.redeem([peerID, { ...old, number: 2 }]),
      payments,
      "InvalidVoucher",
    );
    await payments.write.redeem([peerID, await voucherOf(loaded, SHM, { number: 2 })]);
  });

  it("takes an announced exit back when the payer funds the channel, not when somebody else does", async () => {
    const { payments, peerID, channel } = await loadMarket();
    const payer = stranger.account.address;
    await payments.write.announceExit([peerID], asStranger);
    await payments.write.fund([payer, peerID], { value: SHM });
    expect((await payments.read.channelOf([payer, peerID])).closableAt > 0n).to.equal(true);
    const byPayer = payments.write.fund([payer, peerID], { ...asStranger, value: SHM });
    await assertions.emitWithArgs(byPayer, payments, "ExitCancelled", [channel]);
    expect(await payments.read.channelOf([payer, peerID])).to.deep.include({
      id: channel,
      payer: getAddress(payer),
      peerID,
      number: 1,
      deposited: 12n * SHM,
      redeemed: 0n,
      closableAt: 0n,
    });
  });

  it("refuses channels without coins, with more than it can count, and without a session key", async () => {
    const { payments, peerID, session } = await loadMarket();
    const open = (value: bigint, sessionKey: Address = session.address) =>
      payments.write.open([peerID, sessionKey], { ...asPauser, value });
    await assertions.revertWithCustomError(open(0n), payments, "NothingSent");
    await assertions.revertWithCustomErrorWithArgs(open(1n), payments, "InvalidAmount", [1n]);
    const most = (2n ** 48n - 1n) * 10n ** 9n;
    await networkHelpers.setBalance(asPauser.account.address, 2n * most);
    await assertions.revertWithCustomError(open(most + 10n ** 9n), payments, "InvalidAmount");
    await assertions.revertWithCustomErrorWithArgs(open(SHM, zeroAddress), payments, "InvalidSessionKey", [
      zeroAddress,
    ]);
    await open(most);
    const { peerID: unknown } = createNode();
    for (const attempt of [
      payments.write.fund([stranger.account.address, unknown], { value: SHM }),
      payments.write.announceExit([unknown]),
      payments.write.close([unknown]),
    ]) {
      await assertions.revertWithCustomError(attempt, payments, "NoChannel");
    }
    expect((await payments.read.channelOf([owner.account.address, unknown])).id).to.equal(
      numberToHex(0n, { size: 32 }),
    );
  });
});
