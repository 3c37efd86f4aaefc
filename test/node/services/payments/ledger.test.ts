import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { Hex } from "viem";
import { type KeptVoucher, newClient, newRelay } from "../../../../node/services/payments/entries.ts";
import { createLedger, type Ledger } from "../../../../node/services/payments/ledger.ts";
import { utcDay } from "../../../../node/services/payments/terms.ts";
import { expectThrownCode } from "../../../harness/expect-code.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { identityOf } from "../../../harness/identities.ts";

const writer = fileURLToPath(new URL("../../../harness/write-ledger.ts", import.meta.url));
const [one, two] = [identityOf(10).peerId, identityOf(11).peerId];
const big = 2n ** 200n;

describe("services/payments/ledger", function () {
  this.timeout(120_000);
  const newFolder = temporaryFolders();
  const opened: Ledger[] = [];
  afterEach(() => {
    for (const ledger of opened.splice(0)) ledger.close();
  });
  const open = (path: string, now = Date.now) => {
    const ledger = createLedger(path, now);
    opened.push(ledger);
    return ledger;
  };
  const keep = (ledger: Ledger, channel: Hex, paidWei: bigint, client: Hex = one) => {
    const payer = "0x00000000000000000000000000000000000000bB" as const;
    const voucher = { payer, number: 1, cumulativeWei: paidWei, r: "0x01", vs: "0x02" } as const;
    ledger.keepVoucher({ channel, client, voucher, redeemedWei: 0n }, { ...ledger.client(client), paidWei });
  };
  const newPath = async () => join(await newFolder(), "payments.sqlite");

  it("keeps clients, vouchers and relays, with amounts of any size", async () => {
    const path = await newPath();
    const nowMs = Date.UTC(2026, 10, 22);
    const client = { ...newClient(one), relayedBytes: 2 ** 45, chargedWei: big, paidWei: 1n, day: utcDay(Date.now()) };
    const relay = { ...newRelay(two), libp2pId: "16Uiu2", allowedWei: big, lies: 2, lastLieAtMs: Date.now() };
    const payer = "0x00000000000000000000000000000000000000bB" as const;
    const voucher = { payer, number: 7, cumulativeWei: big, r: "0x01", vs: "0x02" } as const;
    const held = { channel: "0x03", client: one, voucher, redeemedWei: 5n } as const;
    const first = open(path, () => nowMs);
    first.saveClients([client]);
    first.saveRelays([relay], { durably: true });
    first.keepVoucher(held, { ...client, paidWei: big });
    first.saveRedeemed("0x03", 9n);
    first.close();

    const second = open(path);
    expect(second.clients()).to.deep.equal([{ ...client, paidWei: big }]);
    expect(second.relays()).to.deep.equal([relay]);
    expect(second.vouchers()).to.deep.equal([{ ...held, redeemedWei: 9n, unsettledSinceMs: nowMs }]);
    expect(second.vouchers(two)).to.deep.equal([]);
    expect(second.voucher("0x04")).to.equal(null);
    expect(second.client(two)).to.deep.equal(newClient(two));
  });

  it("settles what is redeemed, unless it was saved anew since", async () => {
    let nowMs = 1;
    const ledger = open(await newPath(), () => nowMs++);
    keep(ledger, "0x03", 5n);
    const settle = (kept?: KeptVoucher) => {
      if (kept !== undefined) ledger.settle(kept);
      return ledger.vouchers()[0]?.unsettledSinceMs;
    };
    const [before] = ledger.vouchers();
    ledger.saveRedeemed("0x03", 5n);
    expect(settle(before)).to.be.greaterThan(before?.unsettledSinceMs ?? 0);
    expect(settle(ledger.vouchers()[0])).to.equal(null);
    expect(ledger.vouchers()[0]?.redeemedWei).to.equal(5n);
    ledger.saveRedeemed("0x03", 0n);
    expect(ledger.vouchers()[0]).to.deep.include({ redeemedWei: 0n, unsettledSinceMs: nowMs - 1 });
  });

  it("takes what was redeemed before it noted since when as long unsettled", async () => {
    const path = await newPath();
    const first = open(path);
    keep(first, "0x03", 5n);
    first.close();
    const database = new DatabaseSync(path);
    database.exec("ALTER TABLE vouchers DROP COLUMN unsettled_since_ms");
    database.close();
    const second = open(path);
    expect(second.vouchers()[0]?.unsettledSinceMs).to.equal(0);
    keep(second, "0x03", 6n);
    expect(second.vouchers()[0]?.voucher.cumulativeWei).to.equal(6n);
  });

  it("counts by the day what vouchers paid", async () => {
    let nowMs = Date.UTC(2026, 10, 22, 23);
    const ledger = open(await newPath(), () => nowMs);
    keep(ledger, "0x01", 5n);
    keep(ledger, "0x02", big, two);
    nowMs += 3_600_000;
    keep(ledger, "0x01", 12n);
    expect(ledger.vouchedOnWei(utcDay(nowMs - 3_600_000))).to.equal(big + 5n);
    expect(ledger.vouchedOnWei(utcDay(nowMs))).to.equal(7n);
    expect(ledger.vouchedOnWei(0)).to.equal(0n);
  });

  it("loses nothing that was written when its process is killed in the middle", async () => {
    const path = await newPath();
    for (let round = 0; round < 3; round++) {
      const child = fork(writer, [path], { execArgv: ["--disable-warning=ExperimentalWarning"] });
      let written = 0;
      let messages = 0;
      const enough = new Promise<void>((resolve, reject) => {
        child.on("message", (bytes: number) => {
          written = bytes;
          if (++messages === 50) resolve();
        });
        child.once("exit", () => reject(new Error("the writer ended by itself")));
      });
      await enough;
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
      const { relayedBytes, chargedWei } = open(path).client("0x00000000000000000000000000000000000000aa");
      expect(relayedBytes).to.be.at.least(written);
      // What belongs together is written together.
      expect(chargedWei).to.equal(BigInt(relayedBytes / 2 ** 20) * 10n ** 30n);
    }
  });

  it("forgets after a month who was never charged", async () => {
    const path = await newPath();
    const day = 24 * 60 * 60_000;
    const today = utcDay(Date.now());
    const first = open(path);
    first.saveClients([
      { ...newClient(one), day: today },
      { ...newClient(two), day: today, chargedWei: 1n },
    ]);
    first.close();
    expect(open(path, () => Date.now() + 29 * day).clients()).to.have.length(2);
    opened.pop()?.close();
    expect(
      open(path, () => Date.now() + 32 * day)
        .clients()
        .map(({ peerId }) => peerId),
    ).to.deep.equal([two]);
  });

  it("says of a file that is no ledger what it is", async () => {
    const path = await newPath();
    await writeFile(
      path,
      "this is no database, and never was one; it is only long enough to look like a header of one",
    );
    expectThrownCode(() => open(path).clients(), "LEDGER_CORRUPT");
  });

  it("is closed for good", async () => {
    const ledger = open(await newPath());
    ledger.saveClients([newClient(one)]);
    ledger.close();
    expect(() => ledger.clients()).to.throw(/closed/);
  });
});
