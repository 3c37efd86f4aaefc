import { expect } from "chai";
import { createPublicClient, createWalletClient, type Hex, http, parseEther } from "viem";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import { createNexus } from "../../../node/core/chain/index.ts";
import { account } from "../../harness/anvil.ts";
import { identityOf } from "../../harness/identities.ts";
import { startOperator } from "./operator-fixture.ts";

const here = ["--data", "."];
const { peerId } = identityOf(5);

describe("cli registration on anvil", function () {
  this.timeout(120_000);
  this.slow(10_000);
  const operator = startOperator();
  const act = (...args: string[]) => operator().run(["registration", ...args, ...here]);
  const fails = (code: string, ...args: string[]) => operator().fails(["registration", ...args, ...here], code);
  const nexus = () => createNexus(reader(), operator().nexusAddress);
  const reader = () => createPublicClient({ transport: http(operator().chain.rpcUrl) });

  /** What it answers to programs. */
  async function answer(...args: string[]) {
    const { code, stdout, stderr } = await act(...args, "--json");
    expect(code, stderr).to.equal(0);
    const said = JSON.parse(stdout);
    expect(said.transaction).to.match(/^0x[0-9a-f]{64}$/);
    return said;
  }

  async function asOther(index: number, functionName: "stake" | "reward" | "setBackboneApproval", ...args: unknown[]) {
    const { nexusAddress, chain } = operator();
    const wallet = createWalletClient({ account: account(index), transport: http(chain.rpcUrl) });
    const value = functionName === "setBackboneApproval" ? undefined : parseEther("10");
    const call = { address: nexusAddress, abi: nodeNexusAbi, functionName, args, value, chain: null };
    const hash: Hex = await wallet.writeContract(call as never);
    await reader().waitForTransactionReceipt({ hash });
  }

  async function pass(seconds: number): Promise<void> {
    await operator().chain.rpc("evm_increaseTime", [seconds]);
    await operator().chain.rpc("evm_mine");
  }

  it("is refused for a node that is not registered, and takes just the options that its action needs", async () => {
    expect(await fails("NODE_NOT_REGISTERED", "leave")).to.include("shadowmesh register");
    for (const [args, sentence] of [
      [["dance"], "unknown action 'dance': update, top-up,"],
      [["top-up"], "top-up takes --amount"],
      [["update"], "update takes --type, or --region, or --bandwidth"],
      [["leave", "--amount", "1"], "leave does not take --amount"],
      [["commission", "--percent", "100.5"], "expected 0 to 100 %"],
      [["commission", "--percent", "1.234"], "expected 0 to 100 %"],
    ] as const) {
      const { code, stderr } = await act(...args);
      expect([code, stderr.includes(sentence)], stderr).to.deep.equal([2, true]);
    }
  });

  it("changes the offer, what is not named stays, and adds what a new type takes", async () => {
    const register = ["register", "--type", "private", "--region", "europe", "--bandwidth", "20", ...here];
    expect((await operator().run(register)).code).to.equal(0);
    expect(await answer("update", "--bandwidth", "500")).to.include({ nodeType: "light_private", addedWei: "0" });
    const changed = await answer("update", "--type", "public", "--region", "oceania");
    expect(changed).to.include({ action: "update", addedWei: `${parseEther("100")}` });
    expect(await nexus().registrationOf(peerId)).to.include({
      nodeType: "light_public",
      region: "oceania",
      bandwidthMbps: 500,
      stakeWei: `${parseEther("100")}`,
    });
    expect(await fails("REGION_NOT_OPEN", "update", "--region", "atlantis")).to.include("asia_pacific");
    const viewOnly = { SHADOWMESH_HOSTING_VIEW_ONLY: "true" };
    await operator().fails(["registration", "update", "--region", "europe", ...here], "VIEW_ONLY", viewOnly);
  });

  it("adds to the stake", async () => {
    const { stdout } = await act("top-up", "--amount", "0.5");
    expect(stdout).to.match(/^› opening the keystore\n✓ added 0\.5 SHM to the stake\n {2}in 0x[0-9a-f]{64}\n$/);
    expect(await nexus().registrationOf(peerId)).to.include({ stakeWei: `${parseEther("100.5")}` });
    expect(await fails("TRANSACTION_REVERTED", "top-up", "--amount", "0")).to.include("no amount of 0 SHM");
    expect(await fails("INSUFFICIENT_FUNDS", "top-up", "--amount", "20000")).to.include("does not hold enough");
  });

  it("lowers the commission at once; with stakers it announces a higher one, and begins it in time", async () => {
    expect(await answer("commission", "--percent", "12.5")).to.include({ commissionPercent: 12.5 });
    await asOther(2, "stake", peerId, 0n);
    expect(await fails("TRANSACTION_REVERTED", "commission", "--percent", "20")).to.include("at most 17.5 % now");
    expect(await fails("TRANSACTION_REVERTED", "begin-commission")).to.include("No other commission is announced.");
    const announced = await answer("commission", "--percent", "17.5");
    expect(announced).to.include({ announcedPercent: 17.5 });
    expect(announced.beginsAtMs).to.be.greaterThan(Date.now());
    expect(await fails("TRANSACTION_REVERTED", "begin-commission")).to.include("does not begin yet");
    await pass(Math.ceil((announced.beginsAtMs - Date.now()) / 1_000) + 60);
    expect(await answer("begin-commission")).to.include({ commissionPercent: 17.5 });
    expect(await nexus().commissionOf(peerId)).to.include({ bps: 1_750, next: null });
  });

  it("claims what the commission came to", async () => {
    await asOther(2, "reward", peerId);
    const claimed = await answer("claim");
    expect(claimed).to.include({ claimedWei: `${parseEther("1.75")}` });
    expect((await nexus().commissionOf(peerId)).claimableWei).to.equal(0n);
  });

  it("writes and removes a backbone's endpoint, and no other node's", async () => {
    expect(await fails("TRANSACTION_REVERTED", "endpoint", "--url", "https://one.example")).to.include(
      "Only a backbone has an endpoint",
    );
    await asOther(0, "setBackboneApproval", account(1).address, true);
    await answer("update", "--type", "backbone");
    await answer("endpoint", "--url", "https://one.example:8443");
    expect(await nexus().endpointOf(peerId)).to.equal("https://one.example:8443");
    expect(await fails("TRANSACTION_REVERTED", "endpoint", "--url", "ftp://one.example")).to.include("base URL");
    const { stdout } = await act("endpoint", "--url", "");
    expect(stdout).to.include("✓ removed the endpoint");
    expect(await nexus().endpointOf(peerId)).to.equal(null);
  });

  it("leaves, and withdraws once the stake has unbonded, not before", async () => {
    expect(await fails("TRANSACTION_REVERTED", "withdraw")).to.include("This node is not leaving.");
    const left = await answer("leave");
    const { amountWei, availableAtMs } = await nexus().unbondingOf(peerId);
    expect(left).to.include({ unbondingWei: `${amountWei}`, availableAtMs });
    expect(await fails("TRANSACTION_REVERTED", "leave")).to.include("This node is leaving already.");
    expect(await fails("TRANSACTION_REVERTED", "withdraw")).to.include(
      `It can from ${new Date(availableAtMs).toISOString()} on.`,
    );
    await pass(8 * 86_400);
    const before = await reader().getBalance({ address: account(1).address });
    const { withdrawnWei } = await answer("withdraw");
    const gained = (await reader().getBalance({ address: account(1).address })) - before;
    expect(Number(gained)).to.be.closeTo(Number(withdrawnWei), Number(parseEther("0.01")));
    expect(Number(withdrawnWei)).to.be.greaterThan(Number(parseEther("100")));
  });

  it("is for the operator's account alone", async () => {
    const register = ["register", "--type", "private", "--region", "europe", "--bandwidth", "20", ...here];
    expect((await operator().run(register)).code).to.equal(0);
    const other = await operator().otherKeystore(3);
    const said = await fails("TRANSACTION_REVERTED", "leave", "--keystore", other);
    expect(said).to.include(`The operator of this node is ${account(1).address}`);
  });
});
