import { expect, type Page, test } from "@playwright/test";
import type { Network } from "../../scripts/network/index.ts";
import { startMailServer } from "../harness/mail-server.ts";
import { startReceiver, webhookSecret } from "../harness/webhook-receiver.ts";
import { openGui, startTestMesh } from "./mesh.ts";

// What an operator is told on the page, and by the browser.
test.describe.configure({ mode: "serial" });

const mailUser = { user: "node", password: "correct horse" };

let network: Network;
let end: () => Promise<void>;
let page: Page;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let mail: Awaited<ReturnType<typeof startMailServer>>;
const problems: string[] = [];

const bell = () => page.getByRole("button", { name: /^Notifications/ });
const attention = () => page.getByRole("region", { name: "Needs attention" });
const settings = () => page.getByRole("region", { name: "What you are told" });
const shown = () => page.evaluate(() => (window as unknown as { told: string[] }).told);

test.beforeAll(async ({ browser }) => {
  [{ network, end }, receiver, mail] = await Promise.all([startTestMesh(), startReceiver(), startMailServer(mailUser)]);
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
  page.on("pageerror", (error) => problems.push(String(error)));
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

test("a node that is well needs no attention, and earned nothing today", async () => {
  await openGui(page, network.node("public-1"));
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

test("no error was thrown on any page", () => {
  expect(problems).toEqual([]);
});
