import { expect } from "chai";
import type { Voucher } from "../../../../node/core/chain/index.ts";
import { createPaymentTransactions } from "../../../../node/core/chain/index.ts";
import { newClient } from "../../../../node/services/payments/entries.ts";
import { account } from "../../../harness/anvil.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { identityOf } from "../../../harness/identities.ts";
import { mountSmallDisk } from "../../../harness/small-disk.ts";
import { mebibyte, payerAccount, SHM, startMarket } from "./market.ts";
import { createSides } from "./sides.ts";

const client = identityOf(10);
const other = identityOf(11);

describe("services/payments, vouchers", function () {
  this.timeout(120_000);
  const market = startMarket();
  const newFolder = temporaryFolders();

  async function newTill(deposit = 2n * SHM) {
    const relay = await market().registerRelay();
    await market().open(relay.peerId, client.sessionAccount.address, deposit);
    const sides = await createSides(market(), relay, { folder: await newFolder(), client });
    const { till, ledger } = sides.relay;
    const voucher = (wei: bigint, of?: { payer?: `0x${string}`; number?: number }) =>
      market().voucher(client, relay.peerId, wei, of);
    const refuses = async (given: Voucher, reason: RegExp, from = client) => {
      const before = [ledger.clients(), ledger.vouchers()];
      const { details } = await expectCode(till.take(ledger.client(from.peerId), given), "VOUCHER_REFUSED");
      expect(details.reason).to.match(reason);
      expect([ledger.clients(), ledger.vouchers()]).to.deep.equal(before);
    };
    return { relay, till, ledger, voucher, refuses, sides };
  }

  it("counts what a voucher promises beyond the one before", async () => {
    const { till, ledger, voucher } = await newTill();
    const entry = newClient(client.peerId);
    await till.take(entry, await voucher(SHM / 2n));
    await till.take(entry, await voucher(SHM));
    expect(entry.paidWei).to.equal(SHM);
    expect(ledger.client(client.peerId).paidWei).to.equal(SHM);
    expect(ledger.vouchers().map((held) => held.voucher.cumulativeWei)).to.deep.equal([SHM]);
    expect(till.best(client.peerId)).to.deep.equal(await voucher(SHM));
  });

  it("refuses what is replayed, lower, or another client's", async () => {
    const { till, voucher, refuses } = await newTill();
    const given = await voucher(SHM);
    await till.take(newClient(client.peerId), given);
    await refuses(given, /no more than what was counted/);
    await refuses(await voucher(SHM / 2n), /no more than what was counted/);
    await refuses(given, /for another client/, other);
    await refuses(await voucher(2n * SHM), /for another client/, other);
  });

  it("refuses a voucher that anybody could have read on chain", async () => {
    const { relay, voucher, refuses } = await newTill();
    const given = await voucher(SHM);
    await createPaymentTransactions(market().chain, account(5)).redeem(relay.peerId, [given]);
    await refuses(given, /no more than what was counted/, other);
  });

  it("refuses what is forged, of no channel, or more than the channel holds", async () => {
    const { relay, voucher, refuses } = await newTill();
    await refuses(await market().voucher(other, relay.peerId, SHM), /session key/);
    const given = await voucher(SHM);
    await refuses({ ...given, cumulativeWei: SHM + 1n }, /session key/);
    await refuses({ ...given, r: given.vs }, /session key/);
    await refuses({ ...given, r: `0x${"0".repeat(64)}` }, /session key/);
    await refuses(await voucher(SHM, { number: 2 }), /no such open channel/);
    await refuses(await voucher(SHM, { payer: account(6).address }), /no such open channel/);
    await refuses(await voucher(2n * SHM + 1n), /more than the channel holds/);
  });

  it("refuses what could be taken back before it is redeemed, and takes what leaves time", async () => {
    const { relay, till, voucher, refuses, sides } = await newTill();
    await market().transactions.announceExit(relay.peerId);
    const closableAtMs = (await market().channelOf(relay.peerId))?.closableAtMs ?? 0;
    sides.clock.advance(closableAtMs - sides.clock.now() - 9 * 60_000);
    await refuses(await voucher(SHM), /may be closed before/);
    sides.clock.advance(-60 * 60_000);
    const entry = newClient(client.peerId);
    await till.take(entry, await voucher(SHM));
    expect(entry.paidWei).to.equal(SHM);
  });

  it("has a channel's number, and a new one where it was closed and opened again", async () => {
    const { relay, till, voucher, refuses } = await newTill();
    const { transactions, open, channelOf, anvil } = market();
    await till.take(newClient(client.peerId), await voucher(SHM));
    await transactions.announceExit(relay.peerId);
    await anvil.rpc("evm_increaseTime", [25 * 3600]);
    await anvil.rpc("evm_mine");
    await transactions.close(relay.peerId);
    expect(await channelOf(relay.peerId)).to.equal(null);
    await open(relay.peerId, client.sessionAccount.address, SHM);
    expect((await channelOf(relay.peerId))?.number).to.equal(2);
    await refuses(await voucher(2n * SHM), /no such open channel/);
    const entry = newClient(client.peerId);
    await till.take(entry, await voucher(SHM / 4n, { number: 2 }));
    expect(entry.paidWei).to.equal(SHM / 4n);
  });

  it("names what the contract refuses in sentences", async () => {
    const { relay } = await newTill();
    const { transactions, open } = market();
    const again = await expectCode(open(relay.peerId, payerAccount.address, SHM), "TRANSACTION_REVERTED");
    expect(again.action).to.match(/channel fund/);
    const close = await expectCode(transactions.close(relay.peerId), "TRANSACTION_REVERTED");
    expect(close.action).to.match(/channel exit/);
    const none = await expectCode(transactions.announceExit(other.peerId), "TRANSACTION_REVERTED");
    expect(none.action).to.match(/channel open/);
  });

  describe("on a full disk", () => {
    const disk = mountSmallDisk({ kilobytes: 256 });

    it("counts no voucher as paid that it cannot keep, and holds nobody back for it", async () => {
      const relay = await market().registerRelay();
      await market().open(relay.peerId, client.sessionAccount.address, SHM);
      const { writeFileSync, rmSync } = await import("node:fs");
      const folder = await newFolder();
      const sides = await createSides(market(), relay, { folder, relayFolder: disk.path(), client });
      sides.relay.collector.meter(client.peerId, 1);
      sides.relay.collector.save();
      const fill = `${disk.path()}/fill`;
      for (let kilobytes = 256; kilobytes >= 1; kilobytes /= 2) {
        try {
          writeFileSync(fill, Buffer.alloc(kilobytes * 1024), { flag: "a" });
        } catch {
          // Less fits.
        }
      }
      const voucher = await market().voucher(client, relay.peerId, SHM);
      const entry = sides.relay.ledger.client(client.peerId);
      await expectCode(sides.relay.till.take(entry, voucher), "DISK_FULL");
      expect(entry.paidWei).to.equal(0n);
      expect(sides.pass(80 * mebibyte)).to.equal(undefined);
      rmSync(fill);
      await sides.relay.till.take(entry, voucher);
      expect(sides.entry().paidWei).to.equal(SHM);
    });
  });
});
