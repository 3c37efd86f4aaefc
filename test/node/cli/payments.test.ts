import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { encryptKeystoreJsonSync } from "ethers";
import { bytesToHex } from "viem";
import { stringify } from "yaml";
import { loadConfig } from "../../../node/config.ts";
import { createIdentityFile } from "../../../node/core/identity/index.ts";
import { unregistered } from "../../../node/core/vocabulary.ts";
import { type Daemon, startDaemon } from "../../../node/daemon.ts";
import { newClient } from "../../../node/services/payments/entries.ts";
import { createLedger } from "../../../node/services/payments/ledger.ts";
import { utcDay } from "../../../node/services/payments/terms.ts";
import { account } from "../../harness/anvil.ts";
import { shadowmesh } from "../../harness/command.ts";
import { temporaryFolders } from "../../harness/folder.ts";
import { identityOf, seedOf } from "../../harness/identities.ts";
import { silent } from "../api/fixture.ts";
import { operator, SHM, startMarket } from "../services/payments/market.ts";

const self = identityOf(5);
const client = identityOf(10);
const gwei = 10n ** 9n;

describe("cli earnings, redeem and channel on anvil", function () {
  this.timeout(240_000);
  this.slow(20_000);
  const market = startMarket();
  const newFolder = temporaryFolders();
  const env = { SHADOWMESH_OPERATOR_PASSWORD: "secret" };
  let home: string;
  let daemon: Daemon | undefined;

  before(async function () {
    this.timeout(120_000);
    home = await newFolder();
    await createIdentityFile(home, seedOf(5));
    const privateKey = bytesToHex(account(1).getHdKey().privateKey ?? new Uint8Array());
    // A keystore of real strength takes seconds to open; its own tests do that.
    const scrypt = { N: 2, r: 8, p: 1 };
    const keystore = encryptKeystoreJsonSync({ address: operator.address, privateKey }, "secret", { scrypt });
    await writeFile(join(home, "operator.json"), keystore);
    const { chain, domain, registerRelay, open, voucher, channelId } = market();
    const { rpcUrl, nexusAddress } = chain;
    const options = {
      chain: { rpcUrl, nexusAddress, relayPaymentsAddress: domain.relayPaymentsAddress, pollIntervalMs: 100 },
      overlay: { listen: ["/ip4/127.0.0.1/tcp/0"], dataPort: 0, udpPort: 0 },
      payments: { autoRedeemMaxFeePercent: null },
      api: { port: 0 },
    };
    await writeFile(join(home, "config.yaml"), stringify(options));
    await registerRelay(self);
    await open(self.peerId, client.sessionAccount.address, SHM);
    const ledger = createLedger(join(home, "payments.sqlite"), Date.now);
    const given = await voucher(client, self.peerId, SHM / 2n + 1n);
    const held = { channel: channelId(self.peerId), client: client.peerId, voucher: given, redeemedWei: 0n };
    const entry = { ...newClient(client.peerId), relayedBytes: 2 ** 30, chargedWei: SHM, paidWei: SHM / 2n + 1n };
    ledger.keepVoucher(held, entry);
    ledger.saveClients([{ ...newClient(unregistered), day: utcDay(Date.now()) }]);
    ledger.close();
    const config = await loadConfig(home);
    const deps = { folder: home, log: silent, requestStop: () => undefined };
    daemon = await startDaemon(config, deps, AbortSignal.timeout(60_000));
  });
  after(() => daemon?.stop());

  async function run<T = Record<string, string>>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await shadowmesh(home, [...args, "--data", ".", "--json"], { env });
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout);
  }

  it("says what was earned, hands the vouchers in, and says it again", async () => {
    const before = await run<{ total: Record<string, string>; redeemFeeWei: string }>("earnings");
    expect(before.total).to.deep.include({ relayedBytes: 2 ** 30, chargedWei: `${SHM}`, redeemedWei: "0" });
    expect(before.total.redeemableWei).to.equal(`${SHM / 2n}`);
    expect(BigInt(before.redeemFeeWei) > 0n).to.equal(true);

    const shown = await shadowmesh(home, ["earnings", "--data", "."], { env });
    expect(shown.stdout)
      .to.include(client.peerId)
      .and.to.match(/^unregistered +0\.0 MiB/m);

    const done = await run<{ transactions: string[]; redeemedWei: string }>("redeem", client.peerId);
    expect(done.transactions).to.have.length(1);
    expect(done.redeemedWei).to.equal(`${SHM / 2n}`);
    expect((await market().channelOf(self.peerId))?.redeemedWei).to.equal((SHM / 2n / gwei) * gwei);

    const after = await run<{ total: Record<string, string> }>("earnings");
    expect(after.total).to.include({ redeemedWei: `${SHM / 2n}`, redeemableWei: "0" });
    expect(await run("redeem", "--all")).to.deep.equal({ transactions: [], redeemedWei: "0" });
    const unknown = await shadowmesh(home, ["redeem", identityOf(11).peerId, "--data", "."], { env });
    expect([unknown.code, unknown.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 1 && text.includes("(CLIENT_UNKNOWN"),
    );
  });

  it("says of what a reorganisation took back that it is to be redeemed, and hands it in again", async () => {
    await market().anvil.rpc("anvil_reorg", [1, []]);
    const pending = await run<{ total: Record<string, string> }>("earnings");
    expect(pending.total).to.include({ redeemedWei: "0", redeemableWei: `${SHM / 2n}` });
    const again = await run<{ transactions: string[]; redeemedWei: string }>("redeem", "--all");
    expect(again.redeemedWei).to.equal(`${SHM / 2n}`);
    expect((await market().channelOf(self.peerId))?.redeemedWei).to.equal(SHM / 2n);
  });

  it("opens a channel from the operator's keystore, adds to it, announces its exit, and lists it", async () => {
    const { peerId: relay } = await market().registerRelay();
    expect(await run("channel", "open", relay, "--amount", "0.5")).to.include({ relay, payer: operator.address });
    await run("channel", "fund", relay, "--amount", "0.25");
    const opened = await run<{ payer: string; relays: { relay: string; channel: object }[] }>("channel", "list");
    expect(opened.payer).to.equal(operator.address);
    expect(opened.relays[0]?.relay).to.equal(relay);
    expect(opened.relays[0]?.channel).to.include({
      ours: true,
      depositedWei: `${(SHM * 3n) / 4n}`,
      closableAtMs: null,
    });
    await run("channel", "exit", relay);
    const early = await shadowmesh(home, ["channel", "close", relay, "--data", "."], { env });
    expect(early.stderr).to.include("notice runs until");
    await market().anvil.rpc("evm_increaseTime", [25 * 3600]);
    await market().anvil.rpc("evm_mine");
    await run("channel", "close", relay);
    const closed = await run<{ relays: { channel: object | null }[] }>("channel", "list");
    expect(closed.relays[0]?.channel).to.equal(null);
  });
});
