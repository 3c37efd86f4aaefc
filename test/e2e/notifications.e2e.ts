import { expect, type Page, test } from "@playwright/test";
import { encodePacked } from "viem";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { routes } from "../../node/api/routes.ts";
import { terms } from "../../node/api/terms.ts";
import { accounts, members, type Network } from "../../scripts/network/index.ts";
import { confirm, connect } from "../../scripts/transactions/index.ts";
import { startMailServer } from "../harness/mail-server.ts";
import { expectSigned, startReceiver, webhookSecret } from "../harness/webhook-receiver.ts";
import { expectAccessible } from "./accessible.ts";
import { openGui, startTestMesh } from "./mesh.ts";
import { createWatch } from "./watch.ts";

// What an operator is told: on the page, by the browser, a webhook and e-mail; and the keys of the programs that ask.
test.describe.configure({ mode: "serial" });
test.use({ colorScheme: "dark" });

const mailUser = { user: "node", password: "correct horse" };

let network: Network;
let end: () => Promise<void>;
let page: Page;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let mail: Awaited<ReturnType<typeof startMailServer>>;
const watch = createWatch();

const bell = () => page.getByRole("button", { name: /^Notifications/ });
const attention = () => page.getByRole("region", { name: "Needs attention" });
const settings = () => page.getByRole("region", { name: "What you are told" });
const results = () => settings().getByRole("list", { name: "Results of the test" });
const sendTest = () => settings().getByRole("button", { name: "Send a test" }).click();
/** A way of sending in Settings, with how it stands. */
const way = (name: string) =>
  settings()
    .getByRole("listitem")
    .filter({ has: page.getByRole("checkbox", { name }) });
const subjects = () =>
  mail.mails.map(({ source }) => /^Subject: (.*(?:\r\n .*)*)/m.exec(source)?.[1]?.replace(/\r\n /g, " "));
const shown = () => page.evaluate(() => (window as unknown as { told: string[] }).told);

test.beforeAll(async ({ browser }) => {
  [{ network, end }, receiver, mail] = await Promise.all([
    startTestMesh({ members: members.slice(0, 2) }),
    startReceiver(),
    startMailServer(mailUser),
  ]);
  await network.stopNode("public-1");
  const section = "SHADOWMESH_NOTIFICATIONS";
  await network.startNode("public-1", {
    env: {
      [`${section}_CHECK_INTERVAL_MS`]: "500",
      [`${section}_HEARTBEAT_MISSED_MS`]: "15000",
      [`${section}_WEBHOOK_URL`]: receiver.url,
      [`${section}_WEBHOOK_SECRET`]: webhookSecret,
      [`${section}_WEBHOOK_ALLOW_PRIVATE`]: "true",
      [`${section}_SMTP_HOST`]: "127.0.0.1",
      [`${section}_SMTP_PORT`]: String(mail.port),
      [`${section}_SMTP_USER`]: mailUser.user,
      [`${section}_SMTP_PASSWORD`]: mailUser.password,
      [`${section}_EMAIL_FROM`]: "node@example.com",
      [`${section}_EMAIL_TO`]: "owner@example.com",
    },
  });
  const context = await browser.newContext();
  await context.grantPermissions(["notifications"]);
  page = await context.newPage();
  watch.of(page);
  await page.addInitScript(() => {
    const told: string[] = [];
    // The browser's own, which also tells the test.
    class Heard extends Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        told.push(options?.body ?? title);
      }
    }
    Object.assign(window, { told, Notification: Heard });
  });
});

test.afterAll(async () => {
  await page?.context().close();
  await end?.();
  await receiver?.close();
  await mail?.close();
});

/** Writes the recovery phrase down, as its owner would. */
async function backUp(): Promise<void> {
  const { client } = network.node("public-1");
  await client.call(routes.acceptTerms, { version: terms.version });
  const { words } = await client.call(routes.showPhrase, {});
  const { asked } = (await client.call(routes.welcome, {})).phrase;
  await client.call(routes.confirmPhrase, { words: asked.map((at) => words[at - 1] ?? "") });
}

test("a node without a backup needs attention; one that is well needs none, and earned nothing today", async () => {
  await openGui(page, network.node("public-1"));
  await expect(attention()).toContainText("This node has no backup: a broken disk would end it.");
  await expect(attention()).toContainText("1 matter");
  await backUp();
  await page.reload();
  await expect(attention()).toContainText("All that this node watches for is well.");
  await expect(bell()).toHaveAccessibleName("Notifications");
  await expect(page.getByRole("region", { name: "Earnings today" })).toContainText("0 SHM");
  await bell().click();
  await expect(page.getByRole("dialog", { name: "Notifications" })).toContainText("Nothing has happened");
  await page.keyboard.press("Escape");
  await expect(bell()).toBeFocused();
});

test("the browser tells only where the owner asked it to", async () => {
  expect(await page.evaluate(() => Notification.permission)).toBe("granted");
  await page.goto(new URL("/settings/", page.url()).href);
  await settings().getByRole("button", { name: "Allow in this browser" }).click();
  await settings().getByRole("button", { name: "Show one" }).click();
  await expect(settings()).toContainText("This browser was asked to show one.");
  expect(await shown()).toEqual(["This is a test."]);
});

/** Has the contract lower the score of the node, as far as its scorer may at once. */
async function lowerScore(): Promise<{ before: number; after: number }> {
  const clients = await connect(network.chain.rpcUrl, network.chain.account(accounts.governance));
  const nexus = { address: network.nexusAddress, abi: nodeNexusAbi } as const;
  const { peerId } = network.node("public-1");
  const { node, pool, score } = await clients.publicClient.readContract({
    ...nexus,
    functionName: "nodeDetails",
    args: [peerId],
  });
  const after = score - 10;
  const { address } = clients.walletClient.account;
  await confirm(
    clients,
    await clients.walletClient.writeContract({ ...nexus, functionName: "setScorer", args: [address] }),
  );
  const changes = encodePacked(["uint32", "uint8"], [pool.pool, after]);
  const args = [node.region, node.nodeType, changes] as const;
  await confirm(clients, await clients.walletClient.writeContract({ ...nexus, functionName: "applyScores", args }));
  return { before: score, after };
}

test("a test from Settings reaches the webhook, signed, and the mailbox", async () => {
  await sendTest();
  await expect(results()).toContainText("Webhook: sent.");
  await expect(results()).toContainText("E-mail: sent.");
  const [message] = receiver.received;
  if (message === undefined) throw new Error("the webhook received the test");
  expectSigned(message);
  expect(JSON.parse(message.body)).toMatchObject({ data: { peerId: network.node("public-1").peerId } });
  expect(mail.mails).toHaveLength(1);
  expect(mail.mails[0]).toMatchObject({ from: "node@example.com", to: ["owner@example.com"] });
  expect(subjects()).toEqual([expect.stringContaining("This is a test")]);
  await expect(way("Webhook")).toContainText("Last sent");
});

test("a score that falls on chain is told behind the bell, by the browser, the webhook and e-mail", async () => {
  const { before, after } = await lowerScore();
  const sentence = `The score of this node fell from ${before} to ${after}.`;
  await expect(bell()).toHaveAccessibleName("Notifications, 1 unread");
  await expect.poll(shown).toContain(sentence);
  await expect.poll(subjects).toContainEqual(`ShadowMesh: ${sentence}`);
  await expect
    .poll(() => receiver.received.map(({ body }) => JSON.parse(body).type))
    .toContain("notification.score_drop");
  await bell().click();
  const panel = page.getByRole("dialog", { name: "Notifications" });
  await expect(panel).toContainText(sentence);
  await expectAccessible(page);
  await panel.getByRole("link", { name: `Show more: ${sentence}` }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Node" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Score" })).toContainText(String(after));
  await expect(bell()).toHaveAccessibleName("Notifications");
});

test("a kind that is switched off is not told", async () => {
  await page.goto(new URL("/settings/", page.url()).href);
  const kind = settings().getByRole("checkbox", { name: "Score drop" });
  // It changes once the daemon has kept the choice.
  await kind.click();
  await expect(kind).not.toBeChecked();
  await page.reload();
  await expect(kind).not.toBeChecked();
  const sent = receiver.received.length;
  await lowerScore();
  // Longer than the rounds in which causes are looked for.
  await sendTest();
  await expect(results()).toContainText("Webhook: sent.");
  await expect(bell()).toHaveAccessibleName("Notifications");
  expect(receiver.received.slice(sent).map(({ body }) => JSON.parse(body).type)).toEqual(["notification.test"]);
  await kind.click();
  await expect(kind).toBeChecked();
});

test("a webhook that is away and a mail server that refuses the password are told, with what to check", async () => {
  const { port } = receiver;
  await receiver.close();
  mail.state.password = "changed by the provider";
  await sendTest();
  await expect(results()).toContainText("Webhook: The webhook's receiver does not answer.");
  await expect(results()).toContainText("E-mail: The mail server refused the name or the password.");
  await expect(results()).toContainText("Check `notifications.smtpUser` and `notifications.smtpPassword`.");

  const { before, after } = await lowerScore();
  await expect(way("E-mail")).toContainText("1 waits to be sent again.");
  await expect(way("Webhook")).toContainText("Check `notifications.webhookUrl`, and whether the receiver runs.");
  await bell().click();
  await expect(page.getByRole("link", { name: "Some do not arrive: see Settings" })).toBeVisible();
  await page.keyboard.press("Escape");

  // What waited comes with the first thing that arrives.
  receiver = await startReceiver({ port });
  mail.state.password = mailUser.password;
  await sendTest();
  await expect(results()).toContainText("E-mail: sent.");
  await expect.poll(subjects).toContainEqual(`ShadowMesh: The score of this node fell from ${before} to ${after}.`);
  await expect
    .poll(() => receiver.received.map(({ body }) => JSON.parse(body).type))
    .toContain("notification.score_drop");
  await expect(way("E-mail")).toContainText("Last sent");
  await expect(way("Webhook")).not.toContainText("does not answer");
});

test("a program calls the daemon with a key that was made in Settings, as far as its scope goes, until it is revoked", async () => {
  const keys = page.getByRole("region", { name: "API keys" });
  const call = (key: string, method: string, path: string, body?: object) =>
    fetch(new URL(path, page.url()), {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const make = async (name: string, scope: string) => {
    await keys.getByLabel("What the key is for").fill(name);
    await keys.getByLabel("It may").selectOption({ label: scope });
    await keys.getByRole("button", { name: "Make a key" }).click();
    await expect(keys.getByRole("row").filter({ hasText: name })).toBeVisible();
    return ((await keys.getByRole("status").locator("code").textContent()) ?? "").trim();
  };
  const change = { section: "relay", name: "maxReservations", value: 99 };
  const reader = await make("Dashboard", "read");
  await expectAccessible(page);
  const language = page.getByRole("combobox", { name: "Language · Sprache" });
  await language.selectOption("de");
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.getByText(reader)).toBeVisible();
  await language.selectOption("en");
  expect((await call(reader, "GET", "/api/status")).status).toBe(200);
  const refused = await call(reader, "PUT", "/api/settings", change);
  expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("API_KEY_READ_ONLY")]);
  const writer = await make("Installer", "read and change");
  expect((await call(writer, "PUT", "/api/settings", change)).status).toBe(200);
  expect((await call(writer, "POST", "/api/keys", { name: "another" })).status).toBe(403);

  await page.reload();
  await expect(keys.getByText(reader)).toHaveCount(0);
  await expect(keys.getByRole("row").filter({ hasText: "Installer" }).getByText("never")).toHaveCount(0);
  await expect(page.getByText("relay.maxReservations.")).toBeVisible();
  await keys.getByRole("button", { name: "Revoke Dashboard" }).click();
  await expect(keys.getByRole("row").filter({ hasText: "Dashboard" })).toHaveCount(0);
  expect((await call(reader, "GET", "/api/status")).status).toBe(401);
  expect((await call(writer, "GET", "/api/status")).status).toBe(200);
});

test("the page had no error of its own and called nobody but the daemon and the chain", () => {
  expect(watch.problems).toEqual([]);
  expect(watch.outside).toEqual([]);
});
