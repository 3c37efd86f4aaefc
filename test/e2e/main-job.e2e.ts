import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { shortHex } from "../../app/_shared/node/format.ts";
import { routes } from "../../node/api/routes.ts";
import { accounts, members, type Network, newcomer, type RunningNode } from "../../scripts/network/index.ts";
import { inspect, sizes } from "./accessible.ts";
import { connectWallet, eventually, goTo, openGui, startTestMesh } from "./mesh.ts";
import { installWallet, type TestWallet } from "./wallet.ts";
import { createWatch } from "./watch.ts";

const mebibyte = 2 ** 20;
const stepNames = ["Registered on chain", "Joined the overlay", "Authenticated with the backbone", "Found by others"];

// The main job as its user does it, on a phone, then with one part of the mesh after the other gone. Each step stands on the last.
test.describe.configure({ mode: "serial" });
test.use({ viewport: sizes.phone });

let network: Network;
let end: () => Promise<void>;
let page: Page;
let wallet: TestWallet;
/** A stranger's daemon that is no member: it only looks for others. */
let visitor: RunningNode;
const watch = createWatch();

test.beforeAll(async ({ browser }) => {
  ({ network, end } = await startTestMesh({ newcomer: true }));
  visitor = await network.addNode("visitor");
  // Its owner knows the way; Welcome has a test of its own.
  await network.node(newcomer).client.call(routes.leaveWelcome, {});
  // axe wants a context of its own making.
  page = await (await browser.newContext()).newPage();
  watch.of(page);
  wallet = await installWallet(page, {
    account: network.chain.account(accounts.newcomer),
    rpcUrl: network.chain.rpcUrl,
    chainId: 1,
  });
});

test.afterAll(async () => {
  await page?.context().close();
  await end?.();
});

/** Of the log, in pixels. */
const distanceToEnd = (on: Page) =>
  on
    .getByRole("region", { name: "Lines" })
    .evaluate(({ scrollHeight, clientHeight, scrollTop }) => scrollHeight - clientHeight - scrollTop);

test("the one-time link signs in once and leaves no token in the address", async ({ browser }) => {
  const { url } = await network.node(newcomer).client.call(routes.createSignInLink, {});
  await page.goto(url);
  await expect(page.getByRole("link", { name: "Operate" })).toBeVisible();
  await expect(page).not.toHaveURL(/token/);
  const stranger = await browser.newPage();
  await stranger.goto(url);
  await expect(stranger.getByText("npx shadowmesh gui").first()).toBeVisible();
  await stranger.close();
});

test("a wallet on another network is told so, and switched before anything is signed", async () => {
  await openGui(page, network.node(newcomer));
  await goTo(page, "Operate");
  await connectWallet(page);
  // Connecting switched it; now its owner goes elsewhere in the wallet itself.
  expect(wallet.chainId).toBe(31337);
  await wallet.chooseChain(1);
  await expect(page.getByText("Your wallet is on another network")).toBeVisible();
  await inspect(page, "wrong-network");
  await page.getByRole("button", { name: "Switch network" }).click();
  await expect(page.getByText("Your wallet is on another network")).toBeHidden();
  expect(wallet.chainId).toBe(31337);
  expect(wallet.calls).not.toContain("eth_sendTransaction");
});

test("a rejected signature is told and changes nothing", async () => {
  await page.getByRole("radio", { name: /Public/ }).check();
  await page.getByLabel("Region").selectOption("europe");
  await page.getByRole("button", { name: "Review" }).click();
  wallet.rejects.add("eth_sendTransaction");
  await page.getByRole("button", { name: "Sign and register" }).click();
  await expect(page.getByText("You rejected the request in your wallet.")).toBeVisible();
  expect((await network.node(newcomer).status()).registration).toBeNull();
  wallet.rejects.clear();
});

test("registering PUBLIC leads from the chain to being found by others", async () => {
  await page.getByRole("button", { name: "Sign and register" }).click();
  const steps = page.getByRole("list", { name: "Progress" }).getByRole("listitem");
  for (const [index, name] of stepNames.entries()) {
    await expect(steps.nth(index)).toContainText(name);
    await expect(steps.nth(index)).toHaveAttribute("data-state", "done");
  }
  await expect(steps).toHaveCount(stepNames.length);
  const { registration } = await network.node(newcomer).status();
  expect(registration).toMatchObject({ nodeType: "light_public", region: "europe", active: true });
  expect(registration?.operator.toLowerCase()).toBe(wallet.account.address.toLowerCase());
});

test("another daemon finds the new node, and the page shows its peers", async () => {
  const { peerId } = network.node(newcomer);
  const found = await network.node("public-2").client.call(routes.lookup, { peerId });
  expect(found.source).not.toBe("self");
  expect(found.addresses.length).toBeGreaterThan(0);
  await goTo(page, "Network");
  const backbone = page
    .getByRole("table", { name: "Connected peers" })
    .getByRole("row")
    .filter({ hasText: shortHex(network.node("backbone").peerId) });
  await expect(backbone).toContainText("Backbone");
  await expect(backbone).toContainText("Direct");
});

test("any node is looked up, pinged and measured by its peer ID; what is none is said where it was typed", async () => {
  const { peerId } = network.node("private");
  const field = page.getByRole("textbox", { name: "Peer ID" });
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  await field.fill("nobody");
  await press("Look up");
  await expect(page.getByText("A peer ID is 40 hex digits, with or without 0x.")).toBeVisible();
  // An ID of no node: who asks is told so.
  await field.fill("ab".repeat(20));
  await press("Ping");
  await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
  await field.fill(peerId);
  await press("Look up");
  const found = page.getByRole("region", { name: `Found ${shortHex(peerId)}` });
  await expect(found).toContainText("Private");
  await expect(found).toContainText("through relays");
  await press("Ping");
  await expect(page.getByRole("region", { name: `Reached ${shortHex(peerId)}` })).toContainText("Round trip, mean");
  await press("Measure speed");
  await expect(page.getByRole("region", { name: /^Moved .+ to / })).toContainText("Mbit/s");
});

test("an option is found, changed and put back; what the daemon does not take is said where it was typed", async () => {
  const folder = network.node(newcomer).folder;
  await goTo(page, "Settings");
  await page.getByRole("searchbox", { name: "Search" }).fill("quietAfter never there");
  await expect(page.getByText("No option matches.")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search" }).fill("log.level");
  await page.getByRole("button", { name: "Change log.level" }).click();
  await page.getByRole("combobox", { name: "New value of log.level" }).selectOption("debug");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("One option changes at the next start of the daemon.")).toBeVisible();
  expect(await readFile(join(folder, "config.yaml"), "utf8")).toContain("level: debug");
  await page.getByRole("button", { name: "Reset log.level" }).click();
  await expect(page.getByText("One option changes at the next start of the daemon.")).toBeHidden();
  await page.getByRole("searchbox", { name: "Search" }).fill("overlay.listen");
  await page.getByRole("button", { name: "Change overlay.listen" }).click();
  await page.getByRole("textbox", { name: "New value of overlay.listen" }).fill("nonsense");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("SETTING_INVALID")).toBeVisible();
});

test("the log is narrowed by level and text, and saved as it is shown", async () => {
  await goTo(page, "Logs");
  const lines = page.getByRole("list", { name: "Log lines" });
  await expect(lines).toContainText("daemon runs");
  await expect.poll(() => distanceToEnd(page)).toBeLessThanOrEqual(2);
  const level = page.getByRole("combobox", { name: "Level" });
  const search = page.getByRole("searchbox", { name: "Search in the log" });
  await level.selectOption("fatal");
  await expect(page.getByText("No line matches.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  await level.selectOption("trace");
  await search.fill(`SELF=${network.node(newcomer).peerId}`);
  await expect(lines.getByRole("listitem")).toHaveCount(1);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  expect(await readFile(await (await download).path(), "utf8")).toMatch(/^20\S+Z info {2}daemon runs self=0x.*\n$/);
  await search.fill("");
  await expect(lines.getByRole("listitem")).not.toHaveCount(1);
});

test("the report for a bug has no secret in it", async () => {
  await goTo(page, "Diagnostics");
  await page.getByRole("button", { name: "Make a report" }).click();
  const report = page.getByRole("textbox", { name: "Content of the report" });
  await expect(report).toHaveValue(/daemon runs/);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as a file" }).click();
  const { status, log } = JSON.parse(await readFile(await (await download).path(), "utf8"));
  expect(status.peerId).toBe(network.node(newcomer).peerId);
  expect(JSON.stringify(log)).not.toContain(network.node(newcomer).folder);
});

test("what another's machine offers is pooled, and the page shows it join and leave as it happens", async () => {
  const { folder } = network.node("private");
  await network.stopNode("private");
  await appendFile(join(folder, "config.yaml"), "pool:\n  enabled: true\n");
  await goTo(page, "Pool");
  const sums = page.getByRole("region", { name: "Pooled now" });
  const events = page.getByRole("list", { name: "Events" });
  await expect(sums).toContainText("No device offers anything right now.");
  await network.startNode("private");
  await expect(events).toContainText("Joined", { timeout: 60_000 });
  await expect(sums).toContainText("of 1 registered");
  await expect(sums).not.toContainText("No device offers");
  await inspect(page, "pool-full");
  await network.stopNode("private");
  await expect(events).toContainText("Left", { timeout: 60_000 });
  await expect(sums).toContainText("No device offers anything right now.");
  await network.startNode("private");
});

test("with every other relay crashed, a node that cannot be dialled is reached through the new one, 64 MiB intact", async () => {
  await network.stopNode("public-1", "SIGKILL");
  await network.stopNode("public-2", "SIGKILL");
  const relay = network.node(newcomer).peerId;
  const target = network.node("private");
  await eventually(
    "the private node moves to the new relay",
    target.status,
    ({ overlay, progress }) =>
      overlay.relays.length === 1 && overlay.relays[0] === relay && progress.every(({ state }) => state === "done"),
  );
  expect((await target.status()).overlay.addresses.every((address) => address.includes("/p2p-circuit"))).toBe(true);

  const peerId = target.peerId;
  const reached = await eventually(
    "the visitor reaches the private node",
    () => visitor.client.call(routes.ping, { peerId, count: 3 }),
    () => true,
  );
  expect(reached).toMatchObject({ path: "relayed", relays: [relay] });
  const moved = await visitor.client.call(routes.throughput, { peerId, bytes: 64 * mebibyte });
  expect(moved).toMatchObject({ path: "relayed", relays: [relay], bytes: 64 * mebibyte });
  expect(moved.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test("relays that come back are used again", async () => {
  await network.startNode("public-1");
  await network.startNode("public-2");
  await eventually(
    "the private node holds two reservations again",
    network.node("private").status,
    ({ overlay }) => overlay.relays.length === 2,
  );
});

test("while the chain is away the mesh goes on, and the page says so; it is rejoined by itself", async () => {
  await openGui(page, network.node(newcomer));
  await goTo(page, "Logs");
  const lines = page.getByRole("list", { name: "Log lines" });
  const atEnd = () => expect.poll(() => distanceToEnd(page)).toBeLessThanOrEqual(2);
  await atEnd();
  // Who reads back is left where he is, and told what came.
  await page.getByRole("region", { name: "Lines" }).press("Home");
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  await expect(lines).not.toContainText("to=unreachable");
  await network.stopChain();
  await eventually("the daemon notices", network.node(newcomer).status, ({ chain }) => chain.state === "unreachable");
  await expect(page.getByText(/The chain does not answer/)).toBeVisible();
  const news = page.getByRole("button", { name: /new lines?$/ });
  await expect(news).toBeVisible();
  await expect(lines).not.toContainText("to=unreachable");
  await news.click();
  await expect(lines).toContainText("to=unreachable");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await atEnd();
  await goTo(page, "Overview");
  await inspect(page, "rpc-gone");
  const { peerId } = network.node("private");
  await network.node(newcomer).client.call(routes.ping, { peerId, count: 1 });
  await network.startChain();
  await eventually(
    "the daemon rejoins the chain",
    network.node(newcomer).status,
    ({ chain }) => chain.state === "connected",
  );
  await expect(page.getByText(/The chain does not answer/)).toBeHidden();
});

test("while the backbone is away nodes still find and reach each other; it is rejoined by itself", async () => {
  await network.stopNode("backbone", "SIGKILL");
  const you = network.node(newcomer);
  await eventually("the node notices", you.status, ({ progress }) => progress[1]?.state === "failed");
  await goTo(page, "Overview");
  const attention = page.getByRole("region", { name: "Needs attention" });
  await expect(attention.getByRole("link", { name: "Read the log" })).toBeVisible();
  await expect(attention).toContainText(/backbone/);
  await inspect(page, "backbone-gone");
  await goTo(page, "Pool");
  await expect(page.getByText("No backbone that this node knows tells of the pool now")).toBeVisible();
  const events = page.getByRole("region", { name: "Events" });
  await expect(events).toContainText("Connecting");
  const { peerId } = network.node("private");
  const found = await you.client.call(routes.lookup, { peerId });
  expect(["cache", "regional-dht", "global-dht"]).toContain(found.source);
  await you.client.call(routes.ping, { peerId, count: 1 });

  await network.startNode("backbone");
  await expect(events).toContainText("Live", { timeout: 60_000 });
  for (const { name } of members) {
    const node = network.node(name);
    await eventually(`${name} is a member again`, node.status, ({ progress }) =>
      progress.every(({ state }) => state === "done"),
    );
  }
  await eventually("and so is the new node", you.status, ({ progress }) =>
    progress.every(({ state }) => state === "done"),
  );
  await goTo(page, "Overview");
  await expect(attention.getByRole("link", { name: "Read the log" })).toHaveCount(0);
});

test("with the daemon gone its last lines stay; signed in again, they are followed by those of its next run", async () => {
  await goTo(page, "Logs");
  await page.reload();
  // What was asked for before is then not there.
  await (await page.context().newCDPSession(page)).send("Network.clearBrowserCache");
  const runs = page.getByRole("listitem").filter({ hasText: "daemon runs" });
  await expect(runs).toHaveCount(1);
  await network.stopNode(newcomer, "SIGKILL");
  await expect(page.getByText("The daemon does not answer.", { exact: true })).toBeVisible();
  await expect(page.getByText("Connecting", { exact: true })).toBeVisible();
  await inspect(page, "daemon-gone");
  const pressBell = () => page.getByRole("button", { name: /^Notifications/ }).click();
  const note = page.getByText("This part of the page could not be loaded.");
  for (const ask of [pressBell, () => page.keyboard.press("Control+K"), pressBell]) {
    await page.keyboard.press("Escape");
    await ask();
    await expect(note).toBeVisible();
  }
  await inspect(page, "code-gone");
  await expect(runs).toHaveCount(1);
  await network.startNode(newcomer);
  await expect(page.getByRole("dialog", { name: "Notifications" })).toBeVisible();
  await page.keyboard.press("Escape");
  const tab = await page.context().newPage();
  await tab.goto(page.url());
  const signedOut = tab.getByRole("heading", { name: "Sign in to this node" });
  await expect(signedOut).toBeVisible();
  await page.getByRole("button", { name: "Sign in with wallet" }).click();
  await expect(page.getByText("The daemon does not answer.")).toBeHidden();
  await page.getByRole("button", { name: "Sign message" }).click();
  await expect(runs).toHaveCount(2);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await expect(signedOut).toBeHidden();
});

test("the page had no error of its own and called nobody but the daemon and the chain", () => {
  expect(watch.problems).toEqual([]);
  expect(watch.outside).toEqual([]);
});
