import { expect } from "chai";
import { nodeNexusAbi } from "../../../../contracts/generated/node-nexus.ts";
import { createPaymentTransactions } from "../../../../node/core/chain/index.ts";
import { account } from "../../../harness/anvil.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { identityOf } from "../../../harness/identities.ts";
import { until } from "../../../harness/until.ts";
import { mebibyte, operator, SHM, startMarket, worthOfMiB } from "./market.ts";
import { createSides, type SidesOptions } from "./sides.ts";

const day = 24 * 60 * 60_000;
const client = identityOf(10);
const patient = 60_000;

describe("services/payments, relay and client", function () {
  this.timeout(120_000);
  const market = startMarket();
  const newFolder = temporaryFolders();

  async function newSides(options: Partial<SidesOptions> & { deposit?: bigint } = {}) {
    const { deposit = 10n * SHM, ...rest } = options;
    const relay = await market().registerRelay();
    if (deposit > 0n) await market().open(relay.peerId, client.sessionAccount.address, deposit);
    const sides = await createSides(market(), relay, { folder: await newFolder(), client, ...rest });
    const paid = async (wei: bigint) => {
      await until(() => sides.entry().paidWei >= wei, Boolean, patient);
      return sides.entry().paidWei;
    };
    return { ...sides, sides, relay, paid };
  }

  it("relays the day's allowance for nothing, then is paid by vouchers that the chain takes", async () => {
    const { sides, relay, paid, line } = await newSides({ freeBytesPerDay: 8 * mebibyte });
    sides.pass(8 * mebibyte);
    sides.relay.collector.save();
    expect(sides.entry()).to.include({ relayedBytes: 8 * mebibyte, billableBytes: 0, chargedWei: 0n });
    expect(sides.pass(20 * mebibyte)).to.equal(undefined);
    const paidWei = await paid(16n * worthOfMiB);
    expect(line.bills).to.have.length(1);
    expect(line.answers[0]?.refusal).to.equal(null);
    expect(sides.entry().chargedWei <= 20n * worthOfMiB).to.equal(true);

    const [held] = sides.relay.ledger.vouchers();
    expect(held?.voucher.cumulativeWei).to.equal(paidWei);
    const { chain, channelOf } = market();
    await createPaymentTransactions(chain, account(5)).redeem(relay.peerId, held === undefined ? [] : [held.voucher]);
    const gwei = 10n ** 9n;
    expect((await channelOf(relay.peerId))?.redeemedWei).to.equal((paidWei / gwei) * gwei);
    const pool = await chain.client.readContract({
      address: chain.statementDomain.nexusAddress,
      abi: nodeNexusAbi,
      functionName: "poolOf",
      args: [relay.peerId],
    });
    expect(pool.operator).to.equal(operator.address);
    expect(pool.earnings + pool.stake - 100n * SHM).to.equal((paidWei / gwei) * gwei);
    expect(pool.earnings > 0n, "the operator's commission").to.equal(true);
  });

  it("pays again and again while bytes pass, each time what came since", async () => {
    const { sides, paid } = await newSides();
    for (let index = 1; index <= 4; index++) {
      sides.pass(20 * mebibyte);
      await paid(BigInt(index) * 16n * worthOfMiB);
    }
    expect(sides.entry().paidWei <= 80n * worthOfMiB).to.equal(true);
  });

  it("holds back a client that does not pay, ends it after 30 s, and goes on once it pays", async () => {
    const { sides, relay, state, clock } = await newSides({ deposit: 0n });
    expect(sides.pass(60 * mebibyte)).to.equal(undefined);
    const held = sides.pass(8 * mebibyte);
    expect(held).to.be.instanceOf(Promise);
    await until(() => sides.line.answers.at(-1)?.refusal === "NO_CHANNEL", Boolean, patient);
    sides.ticks(20);
    expect(state.ended).to.equal(0);
    sides.ticks(11);
    expect(state.ended).to.equal(1);
    await expectCode(held ?? Promise.resolve(), "PAYMENT_REQUIRED");
    await expectCode(sides.pass(mebibyte) ?? Promise.resolve(), "PAYMENT_REQUIRED");
    expect(await sides.relay.collector.settle(client.peerId)).to.equal(false);

    await market().open(relay.peerId, client.sessionAccount.address, SHM);
    clock.advance(60_000);
    expect(await sides.relay.collector.settle(client.peerId)).to.equal(true);
    expect(sides.pass(mebibyte)).to.equal(undefined);
    expect(sides.entry().paidWei >= 68n * worthOfMiB).to.equal(true);
  });

  it("forgets whom it has ended once it is idle, and nothing of its debt", async () => {
    const { sides, state } = await newSides({ deposit: 0n });
    const held = sides.pass(68 * mebibyte);
    await until(() => sides.line.answers.length > 0, Boolean, patient);
    sides.ticks(31);
    await expectCode(held ?? Promise.resolve(), "PAYMENT_REQUIRED");
    expect(sides.relay.collector.active).to.equal(true);
    // A demand of its last seconds may still be under way.
    const isForgotten = () => {
      sides.ticks(700);
      return !sides.relay.collector.active;
    };
    await until(isForgotten, Boolean, patient);
    const bills = sides.line.bills.length;
    sides.ticks(60);
    expect(sides.line.bills, "nobody is asked for it meanwhile").to.have.length(bills);
    expect(await sides.relay.collector.settle(client.peerId)).to.equal(false);
    expect(sides.line.bills.at(-1)?.dueWei).to.equal(68n * worthOfMiB);
    expect(sides.pass(mebibyte)).to.be.instanceOf(Promise);
    expect(state.ended).to.equal(1);
  });

  it("lets those go on that were held back, once they pay in time", async () => {
    const { sides, line } = await newSides();
    line.connected = false;
    sides.pass(60 * mebibyte);
    const held = sides.pass(8 * mebibyte);
    expect(held).to.be.instanceOf(Promise);
    await new Promise((resolve) => setImmediate(resolve));
    line.connected = true;
    sides.ticks(2);
    await held;
    expect(sides.state.ended).to.equal(0);
  });

  it("gives the next day's allowance to a client that owes, too, and forgets nothing of the debt", async () => {
    const { sides, clock, line } = await newSides({ deposit: 0n, freeBytesPerDay: 4 * mebibyte });
    const held = sides.pass(72 * mebibyte);
    expect(held).to.be.instanceOf(Promise);
    const owed = 68n * worthOfMiB;
    clock.advance(day);
    expect(await sides.relay.collector.settle(client.peerId)).to.equal(true);
    expect(sides.pass(4 * mebibyte)).to.equal(undefined);
    expect(sides.pass(mebibyte)).to.be.instanceOf(Promise);
    sides.relay.collector.save();
    expect(sides.entry().chargedWei - sides.entry().paidWei >= owed).to.equal(true);
    line.connected = false;
  });

  it("pays a relay that lies for what did pass, says so, and avoids it for a day", async () => {
    const { sides, relay, line, clock } = await newSides();
    sides.pass(20 * mebibyte, 4);
    await until(() => line.answers.length > 0, Boolean, patient);
    // What is still within the tolerance is paid; the rest of the lie is not, once the relay has taken the first voucher.
    const isRefused = () => line.answers.at(-1)?.refusal === "BILL_TOO_HIGH";
    await until(() => isRefused() || sides.ticks(), isRefused, patient);
    expect(line.answers.at(-1)?.voucher?.cumulativeWei).to.equal(20n * worthOfMiB);
    expect(sides.client.payer.relays()[0]).to.deep.include({ lies: 1, signedWei: 20n * worthOfMiB });
    expect(sides.state.avoided).to.equal(1);
    expect([relay.peerId, "libp2p-relay"].map(sides.client.payer.avoids)).to.deep.equal([true, true]);
    expect(sides.client.payer.avoids(identityOf(99).peerId)).to.equal(false);
    const lied = () => (sides.client.payer.relays()[0]?.lies ?? 0) > 1;
    await until(() => lied() || sides.ticks(), lied, patient);
    expect(sides.state.avoided, "told once").to.equal(1);
    sides.restartClient();
    expect(sides.client.payer.avoids(relay.peerId), "after a restart too").to.equal(true);
    clock.advance(day + 1);
    expect(sides.client.payer.avoids(relay.peerId)).to.equal(false);
  });

  it("pays nothing twice where either ledger is lost", async () => {
    const { sides, paid } = await newSides();
    sides.pass(20 * mebibyte);
    const first = await paid(16n * worthOfMiB);
    sides.client.ledger.close();
    sides.restartClient(await newFolder());
    sides.pass(20 * mebibyte);
    const second = await paid(first + 16n * worthOfMiB);
    expect(second <= 40n * worthOfMiB).to.equal(true);
    expect(sides.client.payer.relays()[0]?.lies).to.equal(0);
  });

  it("gives a relay that lost its ledger what it had, and no more", async () => {
    const { sides, paid, relay } = await newSides();
    sides.pass(20 * mebibyte);
    const first = await paid(16n * worthOfMiB);
    sides.relay.ledger.close();
    sides.restartRelay(`${await newFolder()}/relay.sqlite`);
    sides.pass(20 * mebibyte);
    await paid(first);
    const signedWei = sides.client.payer.relays()[0]?.signedWei ?? 0n;
    expect(signedWei <= 40n * worthOfMiB).to.equal(true);
    expect((await market().channelOf(relay.peerId))?.redeemedWei).to.equal(0n);
  });

  it("pays what the channel holds, and says that it holds no more", async () => {
    const { sides, line } = await newSides({ deposit: 10n * worthOfMiB - ((10n * worthOfMiB) % 10n ** 9n) });
    sides.pass(20 * mebibyte);
    await until(() => line.answers.length > 0, Boolean, patient);
    expect(line.answers[0]?.refusal).to.equal("CHANNEL_EXHAUSTED");
    expect(line.answers[0]?.voucher?.cumulativeWei).to.equal(10n * worthOfMiB - ((10n * worthOfMiB) % 10n ** 9n));
  });

  it("pays nothing at a price over its own limit", async () => {
    const { sides, line } = await newSides({ maxPricePerGiBWei: SHM - 1n });
    sides.pass(20 * mebibyte);
    await until(() => line.answers.length > 0, Boolean, patient);
    expect(line.answers[0]).to.deep.equal({ voucher: null, refusal: "PRICE_TOO_HIGH" });
    expect(sides.client.payer.relays()[0]?.signedWei).to.equal(0n);
  });

  it("signs one figure for one debt, however often and at once it is billed", async () => {
    const { sides, relay } = await newSides();
    sides.client.traffic.add(relay.peerId, 20 * mebibyte);
    const bill = { pricePerGiBWei: SHM, billableBytes: 20 * mebibyte, dueWei: 20n * worthOfMiB, voucher: null };
    const from = { peerId: relay.peerId, libp2pId: "libp2p-relay" };
    const answers = await Promise.all([1, 2, 3].map(() => sides.client.payer.answer(from, bill)));
    expect(new Set(answers.map(({ voucher }) => `${voucher?.cumulativeWei} ${voucher?.r}`)).size).to.equal(1);
    expect(sides.client.payer.relays()[0]?.signedWei).to.equal(20n * worthOfMiB);
  });

  it("refuses a bill on a voucher that it never gave", async () => {
    const { sides, relay } = await newSides();
    sides.client.traffic.add(relay.peerId, 20 * mebibyte);
    const voucher = await market().voucher(identityOf(11), relay.peerId, SHM);
    const bill = { pricePerGiBWei: SHM, billableBytes: 1, dueWei: worthOfMiB, voucher };
    const answer = await sides.client.payer.answer({ peerId: relay.peerId, libp2pId: "libp2p-relay" }, bill);
    expect(answer).to.deep.equal({ voucher: null, refusal: "BILL_INVALID" });
    expect(sides.client.payer.avoids(relay.peerId)).to.equal(true);
  });

  it("holds nobody back while the chain is away, and counts on", async () => {
    const { sides, state } = await newSides({ deposit: 0n });
    state.chainAway = true;
    expect(sides.pass(80 * mebibyte)).to.equal(undefined);
    expect(await sides.relay.collector.settle(client.peerId)).to.equal(true);
    state.chainAway = false;
    expect(sides.pass(mebibyte)).to.be.instanceOf(Promise);
  });
});
