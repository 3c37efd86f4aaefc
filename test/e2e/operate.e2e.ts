import { expect, type Page, test } from "@playwright/test";
import { routes } from "../../node/api/routes.ts";
import { accounts, members, type Network, newcomer } from "../../scripts/network/index.ts";
import { inspect, sizes } from "./accessible.ts";
import { type ChainActs, createChainActs } from "./chain-acts.ts";
import { connectWallet, goTo, openGui, startTestMesh } from "./mesh.ts";
import { registerPaidRelays } from "./paid-relays.ts";
import { installWallet, type TestWallet } from "./wallet.ts";
import { createWatch } from "./watch.ts";

// An operator's way: what is to be earned, a wallet that will not, then each transaction from its review to its end, on a
// chain that mines when the test says so; on a phone, in the dark theme. Each step stands on the last.
test.describe.configure({ mode: "serial" });
test.use({ viewport: sizes.phone, colorScheme: "dark" });

let network: Network;
let end: () => Promise<void>;
let page: Page;
let wallet: TestWallet;
let acts: ChainActs;
const watch = createWatch();

const owner = () => network.chain.account(accounts.newcomer);
const rpc: ChainActs["rpc"] = (...call) => acts.rpc(...call);
const tray = (name: string | RegExp) => page.getByRole("button", { name });
const button = (name: string) => page.getByRole("button", { name, exact: true });
const earnings = () => page.getByRole("region", { name: "What such nodes earn" });
const entries = () => page.getByRole("dialog", { name: "Transactions" }).getByRole("listitem");

test.beforeAll(async ({ browser }) => {
  ({ network, end } = await startTestMesh({ members: members.slice(0, 2), newcomer: true }));
  acts = createChainActs(network, accounts.newcomer);
  await network.node(newcomer).client.call(routes.leaveWelcome, {});
  // axe wants a context of its own making.
  page = await (await browser.newContext()).newPage();
  watch.of(page);
  const { rpcUrl } = network.chain;
  wallet = await installWallet(page, { account: owner(), rpcUrl, chainId: 31337 });
});

test.afterAll(async () => {
  await page?.context().close();
  await end?.();
});

async function addStake(): Promise<void> {
  await page.getByRole("textbox", { name: "Amount" }).fill("1");
  await button("Add to stake").click();
  await button("Sign and add").click();
  await expect(tray("Transactions, 1 waiting")).toBeVisible();
}

test("a wallet that is locked, busy, or shows no account is told apart from one that was refused", async () => {
  await openGui(page, network.node(newcomer));
  await goTo(page, "Operate");
  await expect(page.getByText("No wallet is connected")).toBeVisible();
  const asking = ["eth_requestAccounts", "wallet_requestPermissions"];
  const choose = async () => {
    await page.getByRole("button", { name: "Choose a wallet" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "MetaMask" }).click();
  };
  const close = async () => {
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  };
  for (const method of asking) wallet.fails.set(method, { code: -32002, message: "Request already pending." });
  await choose();
  await expect(page.getByText("Your wallet is busy with another request.")).toBeVisible();
  await close();
  for (const method of asking) wallet.fails.set(method, { code: 4001, message: "User rejected the request." });
  await choose();
  await expect(page.getByText("You rejected the request in your wallet.")).toBeVisible();
  wallet.fails.clear();
  await close();
  await page.getByRole("button", { name: "Choose a wallet" }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "MetaMask" })).toBeVisible();
  await inspect(page, "wallet-list");
  await close();
  await connectWallet(page);
  await expect(page.getByText("holds 10,000 SHM")).toBeVisible();
  await page.getByRole("button", { name: /^Wallet 0x/ }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "Disconnect" })).toBeVisible();
  await inspect(page, "wallet-connected");
  await close();
  await wallet.lock();
  await expect(page.getByText("No wallet is connected")).toBeVisible();
  await expect(button("Review")).toBeDisabled();
  await inspect(page, "wallet-locked");
  await connectWallet(page);
});

test("a browser without a wallet is told where to get one", async ({ browser }) => {
  const bare = await (await browser.newContext()).newPage();
  watch.of(bare);
  await openGui(bare, network.node(newcomer));
  await goTo(bare, "Operate");
  await expect(bare.getByText("No wallet is connected")).toBeVisible();
  await bare.getByRole("button", { name: "Choose a wallet" }).click();
  await bare.getByRole("dialog").getByRole("button", { name: "MetaMask" }).click();
  await expect(bare.getByRole("dialog").getByText("Get MetaMask")).toBeVisible();
  await inspect(bare, "wallet-missing");
  await bare.context().close();
});

test("more stake than the account holds is refused before anything is signed", async () => {
  await page.getByLabel("Region").selectOption("europe");
  await page.getByLabel("Stake", { exact: true }).fill("20000");
  await button("Review").click();
  await expect(page.getByText("This account does not hold enough SHM for stake and gas.")).toBeVisible();
  await inspect(page, "insufficient-funds");
  await page.getByLabel("Stake", { exact: true }).fill("100");
  expect(wallet.calls).not.toContain("eth_sendTransaction");
});

test("while the chain is away nothing can be reviewed, and the page says why; what was typed stays", async () => {
  await network.stopChain();
  await expect(page.getByText(/The chain does not answer at/)).toBeVisible();
  await button("Review").click();
  await expect(page.getByText(/The chain's RPC endpoint does not answer|The chain does not answer\./)).toBeVisible();
  await inspect(page, "rpc-gone-operate");
  await network.startChain();
  await expect(page.getByText(/The chain does not answer at/)).toBeHidden();
  await expect(page.getByLabel("Stake", { exact: true })).toHaveValue("100");
});

test("the calculator gives no number while there is too little to go by", async () => {
  await expect(earnings()).toContainText("There is too little data for an estimate.");
  await expect(earnings()).toContainText("It takes 5 nodes and 7 days.");
  await expect(earnings()).not.toContainText("in 30 days");
});

test("the calculator gives what nodes like this one were paid by redeemed vouchers, as a range, less one's costs", async () => {
  await registerPaidRelays(network, [0, 1, 2, 3, 4]);
  await rpc("evm_increaseTime", [10 * 86_400]);
  await rpc("evm_mine");
  await page.reload();
  await page.getByLabel("Region").selectOption("europe");
  await expect(earnings()).toContainText("5, 4 of them paid");
  // Of ten days, or a little more, reckoned on to thirty.
  await expect(earnings()).toContainText(/Before all costs: (3|2\.9\d*) SHM to (9|8\.9\d*) SHM/);
  await expect(earnings()).toContainText("after gas alone");
  await earnings().getByText("Your costs").click();
  // 10 W for 720 hours are 3.6, which 1.8 SHM pay.
  await page.getByLabel("1 SHM is worth").fill("2");
  await page.getByLabel("Power drawn").fill("10");
  await page.getByLabel("Price of a kWh").fill("0.5");
  await expect(earnings()).toContainText(/1\.1\d* SHM to 7\.1\d* SHM in 30 days/);
  await page.getByLabel("Power drawn").fill("ten");
  await expect(page.getByText("Enter a number such as 0.3.")).toBeVisible();
  await inspect(page, "operate-calculator");
  await page.reload();
  await page.getByLabel("Region").selectOption("europe");
  await expect(earnings()).toContainText(/1\.1\d* SHM to 7\.1\d* SHM in 30 days/);
  await page.getByRole("spinbutton", { name: "Bandwidth in Mbit/s" }).fill("1000");
  await expect(earnings()).toContainText("There is too little data for an estimate.");
  await page.getByRole("spinbutton", { name: "Bandwidth in Mbit/s" }).fill("100");
});

test("a registration that was cancelled in the wallet is told where it was signed; what was typed stays", async () => {
  await rpc("evm_setAutomine", [false]);
  await button("Review").click();
  await button("Sign and register").click();
  await expect(page.getByText(/is sent and waits for its block/)).toBeVisible();
  await acts.outbid("nothing");
  await rpc("evm_mine");
  await expect(page.getByText("You cancelled the transaction in your wallet.")).toBeVisible();
  await button("Back").click();
  await expect(page.getByLabel("Stake", { exact: true })).toHaveValue("100");
  await tray("Transactions, 0 waiting").click();
  await button("Dismiss").click();
});

test("what waits for its block is in the tray, with its name and age, also after a reload", async () => {
  await expect(tray(/^Transactions/)).toHaveCount(0);
  await button("Review").click();
  await expect(page.getByText("The contract was asked and would accept this registration.")).toBeVisible();
  await expect(page.getByText("You cancelled the transaction in your wallet.")).toHaveCount(0);
  await inspect(page, "operate-review");
  await button("Sign and register").click();
  await tray("Transactions, 1 waiting").click();
  await expect(entries()).toHaveCount(1);
  await expect(entries()).toContainText("Register node");
  await expect(entries()).toContainText(/\d+ s ago/);
  await inspect(page, "transactions");
  await page.reload();
  await expect(page.getByText(/is sent and waits for its block/)).toBeVisible();
  await tray("Transactions, 1 waiting").click();
  await expect(entries()).toContainText("Waiting");
});

test("one that was sped up in the wallet after the reload is followed by its nonce, and stays until it is dismissed", async () => {
  const faster = await acts.outbid("the same");
  await rpc("evm_mine");
  await expect(entries()).toContainText("Done");
  await expect(entries()).toContainText("Sped up in the wallet");
  await expect(entries()).toContainText(faster.slice(0, 8));
  const { status } = await acts.client.getTransactionReceipt({ hash: faster });
  expect(status).toBe("success");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Deregister" })).toBeVisible();
  await page.reload();
  await tray("Transactions, 0 waiting").click();
  await expect(entries()).toContainText("Done");
  await button("Dismiss").click();
  await expect(tray(/^Transactions/)).toHaveCount(0);
});

test("one that was cancelled in the wallet is told where it was signed, and in the tray", async () => {
  await addStake();
  await acts.outbid("nothing");
  await rpc("evm_mine");
  await expect(page.getByText("You cancelled the transaction in your wallet.")).toBeVisible();
  await button("Back").click();
  await tray("Transactions, 0 waiting").click();
  await expect(entries()).toContainText("Cancelled");
  await button("Dismiss").click();
});

test("one in whose place the wallet sent another is told so, where it was signed and in the tray", async () => {
  await addStake();
  await acts.outbid("something else");
  await rpc("evm_mine");
  await expect(page.getByText("Your wallet sent another transaction in the place of this one.")).toBeVisible();
  await button("Back").click();
  await tray("Transactions, 0 waiting").click();
  await expect(entries()).toContainText("Replaced");
  await expect(entries()).toContainText("Nothing of this one happened.");
  await button("Dismiss").click();
});

test("one that was cancelled while no page was open is told by the next one", async () => {
  await addStake();
  const { url } = network.node(newcomer);
  await page.goto("about:blank");
  await acts.outbid("nothing");
  for (let block = 0; block < 5; block++) await rpc("evm_mine");
  await page.goto(`${url}/operate/`);
  await tray("Transactions, 0 waiting").click();
  await expect(entries()).toContainText("It was cancelled in the wallet. Nothing was changed.");
  await button("Dismiss").click();
});

test("the commission is lowered at once; with stakers a higher one is announced, and begins when they had time to leave", async () => {
  await rpc("evm_setAutomine", [true]);
  const card = page.getByRole("region", { name: "Commission" });
  const field = card.getByLabel("New commission");
  await expect(card).toContainText("Now100 %");
  await expect(card).toContainText("Nobody else stakes on this node: any holds at once.");
  await field.fill("101");
  await expect(card).toContainText("Enter 0 to 100 %, such as 12.5.");
  await expect(button("Change commission")).toBeDisabled();
  await field.fill("12.5");
  await button("Change commission").click();
  await expect(page.getByText("100 % → 12.5 %")).toBeVisible();
  await button("Sign and change").click();
  await expect(page.getByText("The commission is 12.5 %.")).toBeVisible();
  await expect(card).toContainText("Now12.5 %");

  await acts.stake(network.node(newcomer).peerId, "10");
  await expect(card).toContainText("so that stakers can leave first");
  await field.fill("20");
  await expect(card).toContainText("At most 17.5 %");
  await field.fill("17.5");
  await button("Change commission").click();
  await expect(page.getByText("12.5 % → 17.5 %")).toBeVisible();
  await button("Sign and announce").click();
  await expect(card).toContainText(/17\.5 % is announced\.It can begin on /);
  await inspect(page, "operate-commission");
  await rpc("evm_increaseTime", [150]);
  await rpc("evm_mine");
  await button("Begin 17.5 %").click();
  await button("Sign and begin").click();
  await expect(card).toContainText("Now17.5 %");
  await expect(card).not.toContainText("announced");
  await tray("Transactions, 0 waiting").click();
  await expect(entries().first()).toContainText("Begin the commission announced");
  await button("Dismiss all that are over").click();
  await page.keyboard.press("Escape");
  await rpc("evm_setAutomine", [false]);
});

test("a change is reviewed as it is; what the contract would refuse by then is told, and not sent", async () => {
  const registration = page.getByRole("region", { name: "Registration" });
  await expect(registration.getByText(/^[\d.]+ SHM per GiB$/)).toBeVisible();
  await expect(earnings()).toBeVisible();
  await page.getByLabel("Region").selectOption("africa");
  await button("Save changes").click();
  await expect(page.getByText("The contract was asked and would accept this change.")).toBeVisible();
  await expect(page.getByText("Europe → Africa")).toBeVisible();
  await button("Back").click();
  await expect(page.getByLabel("Region")).toHaveValue("africa");
  await button("Save changes").click();
  await expect(button("Sign and change")).toBeEnabled();
  await acts.govern("pause");
  await rpc("evm_mine");
  const sent = wallet.calls.filter((method) => method === "eth_sendTransaction").length;
  await button("Sign and change").click();
  await expect(page.getByRole("alert").getByText("New registrations and changes are paused.")).toBeVisible();
  await inspect(page, "reverted");
  expect(wallet.calls.filter((method) => method === "eth_sendTransaction")).toHaveLength(sent);
  await acts.govern("unpause");
  await rpc("evm_mine");
});

test("one that the contract refuses in its block is told with the contract's reason", async () => {
  await button("Sign and change").click();
  await expect(tray("Transactions, 1 waiting")).toBeVisible();
  // By its higher fee it comes first in the block.
  await acts.govern("pause");
  await rpc("evm_mine");
  await expect(page.getByText("It was mined, but the contract refused it. Only gas was spent.")).toBeVisible();
  await expect(page.locator("body > [aria-live=polite]")).toHaveText("Change the offer: Refused");
  await tray("Transactions, 0 waiting, 1 refused").click();
  await expect(entries()).toContainText("Refused");
  await expect(entries()).toContainText("New registrations and changes are paused.");
  await inspect(page, "reverted-mined");
  await button("Dismiss").click();
  await acts.govern("unpause");
  await rpc("evm_mine");
});

test("leaving is reviewed, rejected and signed; the stake comes back after the unbonding", async () => {
  await rpc("evm_setAutomine", [true]);
  await button("Sign and change").click();
  await expect(page.getByText("The change is on chain.")).toBeVisible();
  await expect(page.getByRole("region", { name: "Leave" })).toContainText("100 SHM of its stake of 110 SHM are yours");
  await button("Deregister").click();
  await expect(page.getByText("The contract was asked and would accept this departure.")).toBeVisible();
  wallet.rejects.add("eth_sendTransaction");
  await button("Sign and deregister").click();
  await expect(page.getByText("You rejected the request in your wallet.")).toBeVisible();
  wallet.rejects.clear();
  await button("Sign and deregister").click();
  await expect(page.getByText("The node is leaving.")).toBeVisible();
  await expect(button("Withdraw stake")).toBeDisabled();
  await rpc("evm_increaseTime", [150]);
  await rpc("evm_mine");
  await button("Withdraw stake").click();
  await button("Sign and withdraw").click();
  await expect(page.getByText("The stake is back in your wallet.")).toBeVisible();
  await tray("Transactions, 0 waiting").click();
  await expect(entries()).toHaveCount(3);
  await button("Dismiss all that are over").click();
  await expect(tray(/^Transactions/)).toHaveCount(0);
});

test("the page had no error of its own and called nobody but the daemon and the chain", () => {
  expect(watch.problems).toEqual([]);
  expect(watch.outside).toEqual([]);
});
