import { readFile } from "node:fs/promises";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { encodeFunctionData, type Hex, parseEther, zeroHash } from "viem";
import { shortHex } from "../../app/_shared/node/format.ts";
import { nexusTimelockAbi, nexusTimelockBytecode } from "../../contracts/generated/nexus-timelock.ts";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { routes } from "../../node/api/routes.ts";
import { createPaymentTransactions } from "../../node/core/chain/index.ts";
import { readIdentityFile } from "../../node/core/identity/index.ts";
import { accounts, type Network } from "../../scripts/network/index.ts";
import { confirm, connect } from "../../scripts/transactions/index.ts";
import { charging, withChain } from "../harness/charging.ts";
import { inspect } from "./accessible.ts";
import { openGuide } from "./guide.ts";
import { eventually, goTo, openGui, startTestMesh } from "./mesh.ts";
import { installWallet, type TestWallet } from "./wallet.ts";
import { createWatch } from "./watch.ts";

/** Who stakes, and who pays the relay. */
const [staker, payer] = [6, 7];
const reactionS = 3n * 86_400n;
// A staker's way in and out again, as docs/guides/stakers.md leads it; then an operator's earnings. Each step stands on the
// last.
test.describe.configure({ mode: "serial" });

let network: Network;
let end: () => Promise<void>;
let page: Page;
let wallet: TestWallet;
let relay: Hex;
const watch = createWatch();
const guide = openGuide("stakers");

const mine = () => page.getByRole("table", { name: "My stake" });
const rewards = () => page.getByRole("table", { name: "Rewards" });
const unbonding = () => page.getByRole("table", { name: "Unbonding" });
const nodes = () => page.getByRole("table", { name: "Nodes to stake on" });
const button = (name: string | RegExp, within: Page | Locator = page) => within.getByRole("button", { name });

test.beforeAll(async ({ browser }) => {
  ({ network, end } = await startTestMesh({ launch: charging }));
  relay = network.node("public-1").peerId;
  // axe wants a context of its own making.
  page = await (await browser.newContext()).newPage();
  watch.of(page);
  const { rpcUrl } = network.chain;
  wallet = await installWallet(page, { account: network.chain.account(staker), rpcUrl, chainId: 1 });
});

test.afterAll(async () => {
  await page?.context().close();
  await end?.();
});

/** A call of NodeNexus by one of the chain's accounts. */
async function transact(account: number, functionName: string, args: readonly unknown[], value?: bigint) {
  const clients = await connect(network.chain.rpcUrl, network.chain.account(account));
  const call = { address: network.nexusAddress, abi: nodeNexusAbi, functionName, args, value } as never;
  return confirm(clients, await clients.walletClient.writeContract(call));
}

async function rpc(method: string, params: readonly unknown[]) {
  const { publicClient } = await connect(network.chain.rpcUrl, network.chain.account(accounts.governance));
  return publicClient.request({ method, params } as never);
}

const operatorOf = (name: string) => network.members.find((member) => member.name === name)?.operator ?? Number.NaN;

test("nodes are compared without a wallet: sorted, filtered, searched", async () => {
  await transact(operatorOf("public-1"), "setCommission", [relay, 1_000]);
  await openGui(page, network.node("public-1"));
  await guide.step("1. Compare the nodes", page, async (look) => {
    await goTo(page, "Stake");
    await expect(page.getByText("No wallet is connected")).toBeVisible();
    // Four nodes, and the heads of the columns.
    await expect(nodes().getByRole("row")).toHaveCount(5);
    await look({ picture: true });
  });
  await expect(
    nodes()
      .getByRole("row")
      .filter({ hasText: shortHex(relay) }),
  ).toContainText(/10 %since \d+ \w+ 20\d\d/);
  await page.getByLabel("Region").selectOption("asia_pacific");
  await expect(nodes().getByRole("row")).toHaveCount(2);
  await expect(nodes()).toContainText(shortHex(network.node("public-2").peerId));
  await page.getByLabel("Region").selectOption("");
  await page.getByLabel("Sort by").selectOption("commission");
  await expect(nodes().getByRole("row").nth(1)).toContainText(shortHex(relay));
  await page.getByRole("searchbox", { name: "Search" }).fill("0xnobody");
  await expect(page.getByText("No node matches.")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search" }).fill(relay.slice(0, 20));
  await expect(nodes().getByRole("row")).toHaveCount(2);
});

test("a wallet on another network is told so, and switched; more than the account holds is refused before anything is signed", async () => {
  await guide.step("2. Connect your wallet", page, async (look) => {
    await look();
    await page.getByRole("button", { name: "Connect wallet" }).click();
    await expect(page.getByRole("dialog").getByRole("button", { name: "MetaMask" })).toBeVisible();
    await look();
    await page.getByRole("dialog").getByRole("button", { name: "MetaMask" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(page.getByText("Nothing is staked from this account.")).toBeVisible();
    // Connecting switched it; now its owner goes elsewhere in the wallet itself.
    await wallet.chooseChain(1);
    await expect(page.getByText("Your wallet is on another network")).toBeVisible();
    await look();
    await button("Switch network").click();
    await expect(page.getByText("Your wallet is on another network")).toBeHidden();
  });
  await button(`Stake SHM on ${shortHex(relay)}`).click();
  await page.getByLabel("Amount").fill("20000");
  await button("Review").click();
  await expect(page.getByText("This account does not hold enough SHM for stake and gas.")).toBeVisible();
  expect(wallet.calls).not.toContain("eth_sendTransaction");
});

test("a rejected signature changes nothing; a signed one stakes", async () => {
  await button("Back").click();
  await guide.step("3. Stake", page, async (look) => {
    await look();
    await button(`Stake SHM on ${shortHex(relay)}`).click();
    await expect(page.getByText(/^10 % from \d+ \w+ 20\d\d/)).toBeVisible();
    await page.getByLabel("Amount").fill("50");
    await look();
    await button("Review").click();
    await expect(page.getByText("The contract was asked and would accept this stake.")).toBeVisible();
    await look({ picture: true });
    wallet.rejects.add("eth_sendTransaction");
    await button("Sign and stake").click();
    await expect(page.getByText("You rejected the request in your wallet.")).toBeVisible();
    await inspect(page, "signature-rejected");
    wallet.rejects.clear();
    await button("Sign and stake").click();
    await expect(page.getByText("50 SHM are staked.")).toBeVisible();
  });
  await expect(mine()).toContainText("50 SHM");
});

test("what the contract would refuse by now is told as a sentence, and not sent", async () => {
  await button(`Stake more on ${shortHex(relay)}`).click();
  await page.getByLabel("Amount").fill("1");
  await button("Review").click();
  await expect(button("Sign and stake")).toBeEnabled();
  // A reward raises the price of a share: 13.5 SHM past the commission, a third of it for the staker.
  await transact(accounts.governance, "reward", [relay], parseEther("15"));
  const sent = wallet.calls.filter((method) => method === "eth_sendTransaction").length;
  await button("Sign and stake").click();
  await expect(page.getByText("The price of a share rose meanwhile")).toBeVisible();
  expect(wallet.calls.filter((method) => method === "eth_sendTransaction")).toHaveLength(sent);
  await button("Back").click();
  await button("Back").click();
});

test("a reward raises what the stake is worth, without a claim", async () => {
  await guide.step("4. See what it is worth", page, async () => {
    const row = mine()
      .getByRole("row")
      .filter({ hasText: shortHex(relay) });
    await expect(row).toContainText("54.5 SHM");
    await expect(row).toContainText("4.5 SHM");
    await expect(rewards().getByRole("row")).toHaveCount(2);
    const reward = rewards().getByRole("row").nth(1);
    await expect(reward).toContainText(shortHex(relay));
    await expect(reward).toContainText("4.5 SHM");
    await expect(reward).toContainText(/\d+ \w+ 20\d\d/);
  });
});

test("unstaking begins a countdown; what unbonds can be staked again", async () => {
  await guide.step("5. Take it out", page, async (look) => {
    for (const amount of ["20", "10"]) {
      await look();
      await button(`Unstake from ${shortHex(relay)}`).click();
      await page.getByLabel("Amount").fill(amount);
      await look();
      await button("Review").click();
      await button("Sign and unstake").click();
      const row = unbonding()
        .getByRole("row")
        .filter({ hasText: `${amount} SHM` });
      await expect(row).toContainText(/in \d+ (min|s)/);
      await expect(button("Withdraw", row)).toBeDisabled();
    }
    const ten = unbonding().getByRole("row").filter({ hasText: "10 SHM" });
    await look({ picture: true });
    await inspect(page, "stake-held");
    await button("Stake again", ten).click();
    await button("Sign and stake again").click();
    await expect(page.getByText("10 SHM are staked again.")).toBeVisible();
  });
  await expect(mine()).toContainText("34.5 SHM");
});

test("once the unbonding is over, all of it is withdrawn, net of gas", async () => {
  await rpc("evm_increaseTime", [150]);
  await rpc("evm_mine", []);
  await guide.step("6. Withdraw", page, async (look) => {
    await expect(button("Withdraw all that is ready")).toBeEnabled();
    await look();
    await button("Withdraw all that is ready").click();
    await expect(page.getByText("Left after gas")).toBeVisible();
  });
  const { publicClient } = await connect(network.chain.rpcUrl, wallet.account);
  const before = await publicClient.getBalance(wallet.account);
  await button("Sign and withdraw").click();
  await expect(page.getByText("20 SHM are back in your wallet.")).toBeVisible();
  const gained = (await publicClient.getBalance(wallet.account)) - before;
  expect(gained).toBeGreaterThan(parseEther("19.99"));
  await expect(unbonding()).toBeHidden();
});

test("commission is claimed by whom its operator has it paid to", async () => {
  await transact(operatorOf("public-1"), "setBeneficiary", [relay, wallet.account.address]);
  await button("Claim commission").click();
  await expect(page.getByText("Left after gas")).toBeVisible();
  await button("Sign and claim").click();
  await expect(page.getByText("1.5 SHM of commission are in your wallet.")).toBeVisible();
  await expect(button("Claim commission")).toBeHidden();
});

test("what the account did and was given is exported to the last wei", async () => {
  const downloading = page.waitForEvent("download");
  await guide.step("7. Keep your books", page, () => button("Export CSV").click());
  const text = await readFile(await (await downloading).path(), "utf8");
  const rows = text.trim().split("\r\n");
  expect(rows.map((row) => row.split(",")[1])).toEqual([
    "What",
    "staked",
    "reward",
    "unstaked",
    "unstaked",
    "staked again",
    "withdrawn",
    "commission claimed",
  ]);
  expect(rows[1]).toContain(`,staked,${relay},50,0x`);
  const [, , of, amount] = rows[2]?.split(",") ?? [];
  expect(of).toBe(relay);
  expect(Number(amount)).toBeCloseTo(4.5, 12);
  expect(rows[7]).toContain(`,commission claimed,${relay},1.5,0x`);
});

test("what governance has decided is shown with its countdown, and until when to leave", async () => {
  const clients = await connect(network.chain.rpcUrl, network.chain.account(accounts.governance));
  const { walletClient } = clients;
  const { address } = walletClient.account;
  const args = [network.nexusAddress, 0n, [address], [address]] as const;
  const deployed = await walletClient.deployContract({ abi: nexusTimelockAbi, bytecode: nexusTimelockBytecode, args });
  const timelock = (await confirm(clients, deployed)).contractAddress as Hex;
  await transact(accounts.governance, "transferOwnership", [timelock]);
  await rpc("anvil_impersonateAccount", [timelock]);
  await rpc("anvil_setBalance", [timelock, "0xde0b6b3a7640000"]);
  const acceptance = encodeFunctionData({ abi: nodeNexusAbi, functionName: "acceptOwnership" });
  await rpc("eth_sendTransaction", [{ from: timelock, to: network.nexusAddress, data: acceptance }]);
  const price = { functionName: "setRelayPricePerGiB", args: [parseEther("0.02")] } as const;
  const upgrade = { functionName: "upgradeToAndCall", args: [address, "0x"] } as const;
  for (const decided of [price, upgrade]) {
    const data = encodeFunctionData({ abi: nodeNexusAbi, ...decided });
    const scheduled = await walletClient.writeContract({
      address: timelock,
      abi: nexusTimelockAbi,
      functionName: "schedule",
      args: [network.nexusAddress, 0n, data, zeroHash, zeroHash, reactionS + 120n],
    });
    await confirm(clients, scheduled);
  }
  const card = page.getByRole("region", { name: "Decided by governance" });
  await expect(card).toContainText("NodeNexus.setRelayPricePerGiB(weiPerGiB: 0.02 SHM)");
  const upgrading = card.getByRole("listitem").filter({ hasText: "NodeNexus.upgradeToAndCall(" });
  await expect(upgrading).toContainText("Upgrade");
  await expect(upgrading).toContainText(/Who unstakes before .* is paid out before it can take effect/);
  await guide.step("8. Watch what governance decides", page, async (look) => {
    const change = card.getByRole("listitem").filter({ hasText: "setRelayPricePerGiB" });
    await expect(change).toContainText(/In (3 d|2 d 23 h)/);
    await expect(change).toContainText(/Who unstakes before .* is paid out before it can take effect/);
    await look({ picture: true });
    await inspect(page, "stake-decided");
  });
  guide.end();
});

test("the relay's page tells what it earned by day, exports it, and redeems nothing while there are no vouchers", async () => {
  await goTo(page, "Earnings");
  await expect(button("Redeem all")).toBeDisabled();
  const days = page.getByRole("table", { name: "By day" });
  await expect(days.getByRole("row").nth(1)).toContainText("1.5 SHM");
  await expect(days.getByRole("row").nth(1)).toContainText("13.5 SHM");
  const downloading = page.waitForEvent("download");
  await button("Export CSV").click();
  const [head, ...rows] = (await readFile(await (await downloading).path(), "utf8")).trim().split("\r\n");
  expect(head).toMatch(/^Day \(UTC\),/);
  expect(rows).toHaveLength((await days.getByRole("row").count()) - 1);
  expect(rows[0]?.split(",")).toContain("1.5");
});

test("a client's vouchers are redeemed from the page", async () => {
  // With one relay left and nothing free, whoever reaches the private node pays this one.
  await network.stopNode("public-2");
  const added = await network.addNode("visitor");
  await network.stopNode("visitor");
  const { sessionAccount } = (await readIdentityFile(added.folder)).identity;
  await withChain(network, async (chain) => {
    const { open } = createPaymentTransactions(chain, network.chain.account(payer));
    await open(relay, sessionAccount.address, parseEther("10"));
  });
  const visitor = await network.startNode("visitor", {
    env: { SHADOWMESH_PAYMENTS_PAYER: network.chain.account(payer).address },
  });
  await visitor.client.call(routes.noteChannel, { relay });
  const { peerId } = network.node("private");
  await eventually(
    "the visitor has paid the relay",
    async () => {
      await visitor.client.call(routes.throughput, { peerId, bytes: 6 * 2 ** 20 });
      return network.node("public-1").client.call(routes.earnings, {});
    },
    ({ total }) => total.redeemableWei !== "0",
  );
  await openGui(page, network.node("public-1"));
  await goTo(page, "Earnings");
  const row = page
    .getByRole("table", { name: "By client" })
    .getByRole("row")
    .filter({ hasText: shortHex(visitor.peerId) });
  await expect(row).toContainText("Relaying");
  await expect(button("Redeem all")).toBeEnabled();
  await inspect(page, "earnings-full");
  await button("Redeem all").click();
  await button("Sign and redeem").click();
  await expect(page.getByText(/SHM are redeemed\./)).toBeVisible();
  const { total } = await network.node("public-1").client.call(routes.earnings, {});
  expect(BigInt(total.redeemedWei)).toBeGreaterThan(0n);
});

test("with the daemon gone the page says so and keeps what it knew", async () => {
  await network.stopNode("public-1");
  await expect(page.getByText("The daemon does not answer.")).toBeVisible();
  await expect(page.getByRole("table", { name: "By client" })).toBeVisible();
});

test("the pages had no error of their own and called nobody but the daemon and the chain", () => {
  expect(watch.problems).toEqual([]);
  expect(watch.outside).toEqual([]);
});
