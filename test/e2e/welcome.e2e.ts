import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import german from "../../app/_shared/text/de.json" with { type: "json" };
import { routes } from "../../node/api/routes.ts";
import { terms } from "../../node/api/terms.ts";
import { readIdentityFile } from "../../node/core/identity/index.ts";
import { accounts, members, type Network, newcomer } from "../../scripts/network/index.ts";
import { inspect } from "./accessible.ts";
import { openGuide } from "./guide.ts";
import { openGui, startTestMesh } from "./mesh.ts";
import { installWallet, type TestWallet } from "./wallet.ts";
import { createWatch } from "./watch.ts";

// A new node's owner on his way through Welcome and to the contract, as docs/guides/operators.md leads him, from one browser
// and another. Each step stands on the last.
test.describe.configure({ mode: "serial" });

let network: Network;
let end: () => Promise<void>;
let page: Page;
let wallet: TestWallet;
let words: string[];
const watch = createWatch();
const guide = openGuide("operators");

const you = () => network.node(newcomer);
const state = () => you().client.call(routes.welcome, {});
const button = (name: string, on = page) => on.getByRole("button", { name, exact: true });
const screen = (name: string, on = page) => on.getByRole("region", { name, exact: true });
const steps = (on = page) => on.getByRole("list", { name: "Steps" });

test.beforeAll(async ({ browser }) => {
  ({ network, end } = await startTestMesh({ members: members.slice(0, 2), newcomer: true }));
  // axe wants a context of its own making.
  page = await (await browser.newContext()).newPage();
  watch.of(page);
  const { rpcUrl } = network.chain;
  wallet = await installWallet(page, { account: network.chain.account(accounts.newcomer), rpcUrl, chainId: 31337 });
});

test.afterAll(async () => {
  await page?.context().close();
  await end?.();
});

/** The words that the confirmation asks for, with one of them replaced. */
async function typeWords(wrong?: string): Promise<void> {
  const { asked } = (await state()).phrase;
  for (const [index, at] of asked.entries()) {
    const word = index === 0 && wrong !== undefined ? wrong : (words[at - 1] ?? "");
    await page.getByRole("textbox", { name: `Word ${at}`, exact: true }).fill(word);
  }
}

test("a new node's console opens Welcome by itself, and goes no further than the terms before they are accepted", async () => {
  await openGui(page, you());
  await expect(page).toHaveURL(/\/welcome\/$/);
  await expect(screen("Terms")).toContainText("Liability");
  await expect(button("Recovery phrase")).toBeDisabled();
  await inspect(page, "welcome-terms");
  await guide.step("1. Read the terms", page, async (look) => {
    await look({ picture: true });
    await button("I accept the terms").focus();
    await page.keyboard.press("Enter");
  });
  await expect(screen("Recovery phrase")).toBeVisible();
  expect((await state()).terms.accepted?.version).toBe(terms.version);
});

test("the recovery phrase is shown once, to no other browser, until it is written down in this one", async ({
  browser,
}) => {
  await guide.step("2. Back up the recovery phrase", page, async (look) => {
    await look();
    await button("Show the words").click();
    const list = page.getByRole("list", { name: "Recovery phrase" }).getByRole("listitem");
    await expect(list).toHaveCount(24);
    words = await list.allTextContents();
    expect(words.join(" ")).toBe((await readIdentityFile(you().folder)).phrase);
    await inspect(page, "welcome-phrase");
    await expect(button("Continue")).toBeDisabled();

    const language = page.getByRole("combobox", { name: "Language · Sprache" });
    await language.selectOption("de");
    const germanList = page.getByRole("list", { name: german["Recovery phrase"] });
    await expect(germanList.getByRole("listitem")).toHaveText(words);
    await language.selectOption("en");
    await page.getByRole("link", { name: "Logs" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Logs" })).toBeVisible();
    await page.goBack();
    await expect(list).toHaveText(words);

    const other = await (await browser.newContext()).newPage();
    await openGui(other, you());
    await expect(screen("Recovery phrase", other)).toContainText("The words were shown before");
    await expect(button("Show the words", other)).toHaveCount(0);
    await other.context().close();

    await look();
    await page.getByRole("checkbox", { name: "I have written the words down" }).check();
    await button("Continue").click();
    await expect(button("Confirm the words")).toBeVisible();
  });
});

test("a wrong word is refused; the right ones prove the backup", async () => {
  // No word of the list from which phrases are drawn: one of them is the right one once in 2,048 runs.
  await typeWords("shadowmesh");
  await page.keyboard.press("Enter");
  await expect(screen("Recovery phrase").getByRole("alert")).toContainText(
    "At least one of these words is not the one at its place.",
  );
  expect((await state()).phrase.confirmedAtMs).toBeNull();
  await typeWords();
  await button("Confirm the words").click();
  await expect(page.getByText("You have a backup.")).toBeVisible();
  await expect(button("Continue")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(screen("Wallet")).toBeVisible();
});

test("a request that the wallet's owner rejects is told, and can be made again", async () => {
  await inspect(page, "welcome-wallet");
  for (const method of ["eth_requestAccounts", "wallet_requestPermissions"]) wallet.rejects.add(method);
  await button("Choose a wallet").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "MetaMask" }).click();
  await expect(page.getByText("You rejected the request in your wallet.")).toBeVisible();
  wallet.rejects.clear();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await guide.step("3. Connect your wallet", page, async (look) => {
    await look({ picture: true });
    await button("Choose a wallet").click();
    await expect(dialog.getByRole("button", { name: "MetaMask" })).toBeVisible();
    await look();
    await dialog.getByRole("button", { name: "MetaMask" }).click();
    await expect(dialog).toBeHidden();
  });
  await expect(screen("Wallet")).toContainText("holds 10,000 SHM");
  await button("Continue").click();
  await expect(screen("Network check")).toBeVisible();
});

test("what is left is resumed at the same step, here and in another browser, from the palette", async ({ browser }) => {
  await page.reload();
  await expect(screen("Network check")).toBeVisible();
  await button("Set up later").click();
  await expect(page.getByRole("region", { name: "My node" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("region", { name: "My node" })).toBeVisible();

  const other = await (await browser.newContext()).newPage();
  await openGui(other, you());
  await expect(other.getByRole("region", { name: "My node" })).toBeVisible();
  await other.keyboard.press("Control+k");
  await other.getByRole("dialog").getByRole("combobox").fill("welcome");
  await other.keyboard.press("Enter");
  await expect(screen("Network check", other)).toBeVisible();
  await other.context().close();
  await page.goto(`${you().url}/welcome/`);
});

test("the network check says which rung this machine gets, and why", async () => {
  await guide.step("4. See how others reach you", page, async (look) => {
    await expect(screen("Network check")).toContainText("Through relays, expected");
    await expect(screen("Network check")).toContainText("listens on no address that others could dial");
    await look({ picture: true });
  });
  await inspect(page, "welcome-network");
  await button("Continue").click();
});

test("view-only becomes the daemon's own option; private and public lead to Operate with it chosen", async () => {
  const config = () => readFile(join(you().folder, "config.yaml"), "utf8");
  await guide.step("5. Choose what the node is", page, async (look) => {
    await page.getByRole("radio", { name: "View-only" }).check();
    await look({ picture: true });
  });
  await inspect(page, "welcome-service");
  await button("Continue").click();
  await expect(screen("Done")).toContainText("Start the daemon again");
  expect(await config()).toContain("viewOnly: true");
  await inspect(page, "welcome-done");

  for (const type of ["Private", "Public"]) {
    await steps().getByRole("button", { name: "Service" }).click();
    await page.getByRole("radio", { name: type }).check();
    await expect(page.getByText("Others cannot dial this machine yet.")).toHaveCount(type === "Public" ? 1 : 0);
    await button("Continue").click();
    await expect(screen("Done")).toContainText(type);
    await expect(page.getByText("Start the daemon again")).toHaveCount(0);
    expect(await config()).not.toContain("viewOnly: true");
    await page.getByRole("link", { name: "Register node" }).click();
    await expect(page.getByRole("radio", { name: type })).toBeChecked();
    await page.goto(`${you().url}/welcome/`);
  }
  expect(await state()).toMatchObject({ step: "done", service: "public", opensByItself: false });
});

test("from there the node is registered, and found", async () => {
  await guide.step("6. Register", page, async (look) => {
    await expect(screen("Done")).toBeVisible();
    await look();
    await page.getByRole("link", { name: "Register node" }).click();
    // Nobody can dial this one.
    await page.getByRole("radio", { name: "Private" }).check();
    await page.getByLabel("Region").selectOption("europe");
    await look();
    await button("Review").click();
    await expect(button("Sign and register")).toBeEnabled();
    await look();
    await button("Sign and register").click();
    const progress = page.getByRole("list", { name: "Progress" }).getByRole("listitem");
    await expect(progress).toHaveCount(4);
    for (const step of await progress.all()) await expect(step).toHaveAttribute("data-state", "done");
    await look({ picture: true });
  });
  await guide.step("7. Look after it", page, async (look) => {
    await look();
  });
  guide.end();
});

test("who goes on without a backup is warned before, and reminded after", async () => {
  const second = await network.addNode("second");
  await openGui(page, second);
  await button("I accept the terms").click();
  await button("Skip for now").click();
  await expect(page.getByText("Without a backup, a broken disk ends this node.")).toBeVisible();
  await inspect(page, "welcome-unsaved");
  await button("Go on without a backup").click();
  await expect(screen("Wallet")).toBeVisible();
  await button("Set up later").click();
  const attention = page.getByRole("region", { name: "Needs attention" });
  await expect(attention).toContainText("This node has no backup: a broken disk would end it.");
  await expect(page.getByText("All that this node watches for is well.")).toHaveCount(0);
  await page.getByRole("link", { name: "Back it up" }).click();
  await expect(button("Show the words")).toBeVisible();
  await network.stopNode("second");
});

test("while the daemon is away the page says so and keeps the step; the daemon finds it again", async () => {
  await openGui(page, you());
  await page.goto(`${you().url}/welcome/`);
  await steps().getByRole("button", { name: "Network check" }).click();
  await expect(screen("Network check")).toBeVisible();
  await network.stopNode(newcomer);
  await expect(page.getByText("The daemon does not answer.").first()).toBeVisible();
  await button("Continue").click();
  await expect(screen("Network check")).toBeVisible();
  await expect(page.getByText("DAEMON_UNREACHABLE")).toBeVisible();
  await network.startNode(newcomer);
  await openGui(page, you());
  await page.goto(`${you().url}/welcome/`);
  await expect(screen("Network check")).toBeVisible();
});

test("the page had no error of its own and called nobody but the daemon and the chain", () => {
  expect(watch.problems).toEqual([]);
  expect(watch.outside).toEqual([]);
});
