import { join } from "node:path";
import { expect } from "chai";
import { createPaymentTransactions, type Voucher } from "../../../../node/core/chain/index.ts";
import { newClient } from "../../../../node/services/payments/entries.ts";
import { createLedger } from "../../../../node/services/payments/ledger.ts";
import { createRedeemer, unredeemedWei } from "../../../../node/services/payments/redeemer.ts";
import { account } from "../../../harness/anvil.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { identityOf } from "../../../harness/identities.ts";
import { until } from "../../../harness/until.ts";
import { createClock, silent } from "../../api/fixture.ts";
import { payerAccount, SHM, startMarket } from "./market.ts";

const client = identityOf(10);
const patient = 60_000;
const day = 24 * 60 * 60_000;

describe("services/payments/redeemer", function () {
  this.timeout(120_000);
  const market = startMarket();
  const newFolder = temporaryFolders();

  /** A node that holds a voucher, with an account that has gas. */
  async function newRedeemer(given: { wei: bigint; maxFeePercent: number | null; broke?: boolean }) {
    const { chain, payments, channelId, channelOf, open, registerRelay, voucher } = market();
    const relay = await registerRelay();
    await open(relay.peerId, client.sessionAccount.address, 2n * SHM);
    const clock = createClock();
    const ledger = createLedger(join(await newFolder(), "payments.sqlite"), clock.now);
    const signed = await voucher(client, relay.peerId, given.wei);
    const held = { channel: channelId(relay.peerId), client: client.peerId, voucher: signed, redeemedWei: 0n };
    ledger.keepVoucher(held, { ...newClient(client.peerId), paidWei: given.wei });
    const purse = account(5);
    const sent: (readonly Voucher[])[] = [];
    const asked = { channels: 0 };
    const redeemer = createRedeemer(
      { autoRedeemMaxFeePercent: given.maxFeePercent },
      {
        ledger,
        channelOf(payer) {
          asked.channels++;
          return payments.channelOf(payer, relay.peerId);
        },
        balanceWei: async () => (given.broke ? 0n : chain.client.getBalance({ address: purse.address })),
        feeWei: (vouchers) => payments.redemptionFeeWei(purse.address, relay.peerId, vouchers),
        async redeem(vouchers) {
          const hash = await createPaymentTransactions(chain, purse).redeem(relay.peerId, vouchers);
          sent.push(vouchers);
          return hash;
        },
        now: clock.now,
        log: silent,
      },
    );
    const redeemedWei = async () => (await channelOf(relay.peerId))?.redeemedWei;
    return { redeemer, relay, ledger, sent, asked, clock, redeemedWei };
  }

  it("redeems by itself what is worth its fee, once", async () => {
    const { redeemer, redeemedWei, ledger, clock, sent } = await newRedeemer({ wei: SHM + 1n, maxFeePercent: 5 });
    redeemer.tick();
    await until(() => ledger.vouchers()[0]?.redeemedWei === SHM, Boolean, patient);
    expect(await redeemedWei()).to.equal(SHM);
    expect(await redeemer.redeemable(), "less than a gwei is left").to.deep.equal([]);
    clock.advance(10 * 60_000);
    redeemer.tick();
    expect(sent).to.have.length(1);
  });

  it("redeems again what a reorganisation took back, whoever had redeemed it", async () => {
    const { chain, anvil } = market();
    const { redeemer, relay, redeemedWei, ledger, clock, sent } = await newRedeemer({ wei: SHM, maxFeePercent: 5 });
    const redeemed = () => until(() => ledger.vouchers()[0]?.redeemedWei === SHM, Boolean, patient);
    const [held] = ledger.vouchers();
    await createPaymentTransactions(chain, account(6)).redeem(relay.peerId, held === undefined ? [] : [held.voucher]);
    expect(await redeemer.redeemable()).to.deep.equal([]);
    for (const times of [1, 2]) {
      await redeemed();
      await anvil.rpc("anvil_reorg", [1, []]);
      expect(await redeemedWei()).to.equal(0n);
      expect((await redeemer.redeemable()).map(unredeemedWei)).to.deep.equal([SHM]);
      expect(ledger.vouchers()[0]?.redeemedWei).to.equal(0n);
      clock.advance(10 * 60_000);
      redeemer.tick();
      await redeemed();
      expect(await redeemedWei()).to.equal(SHM);
      expect(sent).to.have.length(times);
    }
  });

  it("asks the chain no more of what was still redeemed after a day, at the first look since", async () => {
    const { redeemer, ledger, clock, asked } = await newRedeemer({ wei: SHM, maxFeePercent: 5 });
    redeemer.tick();
    await until(() => ledger.vouchers()[0]?.redeemedWei === SHM, Boolean, patient);
    const asks = async () => {
      const before = asked.channels;
      await redeemer.redeemable();
      return asked.channels - before;
    };
    expect(await asks()).to.equal(1);
    clock.advance(day);
    expect([await asks(), await asks()]).to.deep.equal([1, 0]);
    expect(ledger.vouchers()[0]).to.deep.include({ redeemedWei: SHM, unsettledSinceMs: null });
  });

  it("leaves what is not worth its fee, or where it may not, until the client leaves", async () => {
    for (const maxFeePercent of [0, null]) {
      const { redeemer, relay, redeemedWei, sent } = await newRedeemer({ wei: SHM, maxFeePercent });
      redeemer.tick();
      expect(await redeemer.redeemable(client.peerId)).to.have.length(1);
      expect(await redeemer.redeemable(identityOf(11).peerId)).to.deep.equal([]);
      await market().transactions.announceExit(relay.peerId);
      await until(
        async () => {
          redeemer.hurry();
          redeemer.tick();
          return sent.length > 0;
        },
        Boolean,
        patient,
      );
      expect(await redeemedWei()).to.equal(SHM);
    }
  });

  it("sends nothing without gas, and sees what somebody else has redeemed", async () => {
    const { redeemer, relay, ledger, sent } = await newRedeemer({ wei: SHM, maxFeePercent: 100, broke: true });
    redeemer.tick();
    const [held] = await redeemer.redeemable();
    expect(held?.voucher.payer).to.equal(payerAccount.address);
    if (held !== undefined) {
      await createPaymentTransactions(market().chain, account(6)).redeem(relay.peerId, [held.voucher]);
    }
    expect(await redeemer.redeemable()).to.deep.equal([]);
    expect(sent).to.deep.equal([]);
    expect(ledger.vouchers()[0]?.voucher.cumulativeWei).to.equal(SHM);
  });
});
