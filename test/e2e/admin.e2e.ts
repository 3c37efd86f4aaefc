import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { pino } from "pino";
import german from "../../app/_shared/text/de.json" with { type: "json" };
import { createDatabase, devices } from "../../node/backbone/database/index.ts";
import { members, type Network } from "../../scripts/network/index.ts";
import { expectAccessible, inspect, sizes } from "./accessible.ts";
import { type Authenticator, adminUrl, createAuthenticator, showCode, signInAtIssuer } from "./admin.ts";
import { startTestMesh } from "./mesh.ts";
import { createWatch } from "./watch.ts";

// A backbone's page as its admin uses it, from the first sign-in on. Each step stands on the last.
test.describe.configure({ mode: "serial" });

const pooled = 2_000;
const authenticatorLabel = "Code of your authenticator";

let network: Network;
let end: () => Promise<void>;
/** Of the issuer's one account. */
let accountFile: string;
let page: Page;
let authenticator: Authenticator;
let recoveryCodes: string[];
const watch = createWatch();

test.beforeAll(async ({ browser }) => {
  ({ network, end } = await startTestMesh({ issuer: true, members: members.slice(0, 2) }));
  accountFile = network.issuer?.accountFile ?? "";
  const { folder } = network.node("backbone");
  await network.stopNode("backbone");
  await fillPool(join(folder, "backbone"), network.node("public-1").peerId);
  await network.startNode("backbone");
  page = await openPage(browser);
});

test.afterAll(async () => {
  await page?.context().close();
  await end?.();
});

/** A browser of its own, that knows nobody. */
async function openPage(browser: Browser): Promise<Page> {
  const opened = await (await browser.newContext()).newPage();
  watch.of(opened);
  await opened.goto(adminUrl(network));
  return opened;
}

/** What thousands of a registered node's agents would have written. */
async function fillPool(dataFolder: string, peerId: string): Promise<void> {
  const database = createDatabase({ url: null, dataFolder }, { log: pino({ level: "silent" }) });
  await database.start(AbortSignal.timeout(120_000));
  const regions = ["europe", "asia_pacific", "north_america"];
  const rows = Array.from({ length: pooled }, (_, n) => ({
    peerId,
    deviceId: randomUUID(),
    region: regions[n % regions.length] ?? "europe",
    platform: n % 10 === 0 ? "darwin-arm64" : "linux-x64",
    capabilities: {
      cpu: { model: `Processor ${n}`, cores: 64 },
      memoryBytes: 2 ** 36,
      storageBytes: 2 ** 40,
      gpus: n % 2 === 0 ? [{ name: "Graphics", memoryBytes: 2 ** 33 }] : [],
    },
    registeredAtMs: Date.now() - n * 60_000,
    lastSeenMs: Date.now() - n * 1_000,
    // Each number of cores once, in an order that is not that of the numbers.
    offeredCores: ((n * 7) % pooled) / 100,
    offeredMemoryBytes: n * 2 ** 20,
  }));
  await database.run((db) => db.insert(devices).values(rows));
  await database.stop();
}

async function signOut(): Promise<void> {
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in as an admin" })).toBeVisible();
}

function takeRecoveryCode(): string {
  const code = recoveryCodes.shift();
  if (code === undefined) throw new Error("all recovery codes are used");
  return code;
}

/** As the second factor, so that nobody waits for the authenticator's next code. */
async function showRecoveryCode(shown: Page): Promise<string> {
  const code = takeRecoveryCode();
  await shown.getByRole("button", { name: "Use a recovery code" }).click();
  await showCode(shown, "Recovery code", code);
  return code;
}

const rows = () => page.getByRole("table", { name: "Devices" }).getByRole("row");
const firstDevice = () => rows().nth(1);
const language = () => page.getByRole("combobox", { name: "Language · Sprache" });
const count = () => page.getByRole("region", { name: "Devices" }).getByRole("status");

test("the first sign-in enrols a second factor, by QR code or text, and shows recovery codes once", async () => {
  await expectAccessible(page);
  await signInAtIssuer(page, accountFile);
  await expect(page).toHaveURL(adminUrl(network));
  await page.getByRole("button", { name: "Set up authenticator" }).click();
  await expect(page.getByRole("img", { name: "QR code for the authenticator" })).toBeVisible();
  const secret = (await page.locator("code").first().textContent()) ?? "";
  authenticator = createAuthenticator(secret.replaceAll(" ", ""));
  await language().selectOption("de");
  await expect(page.getByRole("img", { name: german["QR code for the authenticator"] })).toBeVisible();
  await expect(page.locator("code").first()).toHaveText(secret);
  await language().selectOption("en");

  const label = "2. Type the code that it shows";
  await showCode(page, label, "12");
  await expect(page.getByText("A code has six digits.")).toBeVisible();
  await showCode(page, label, authenticator.wrongCode());
  await expect(page.getByText(/not this account's for the present half minute/)).toBeVisible();
  await expectAccessible(page);
  await showCode(page, label, await authenticator.nextCode());

  const list = page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(list).toHaveCount(10);
  recoveryCodes = await list.allTextContents();
  await language().selectOption("de");
  await expect(page.getByRole("list", { name: german["Recovery codes"] }).getByRole("listitem")).toHaveText(
    recoveryCodes,
  );
  await language().selectOption("en");
  const proceed = page.getByRole("button", { name: "Continue" });
  await expect(proceed).toBeDisabled();
  await expectAccessible(page);
  await page.getByRole("checkbox", { name: "I have saved these codes" }).check();
  await proceed.click();
  await expect(page.getByRole("region", { name: "Pooled now" })).toContainText("of 2,000 registered");
});

test("thousands of devices are sorted, searched and paged, a screenful at a time; the address keeps the question", async () => {
  await expect(count()).toHaveText("1 to 50 of 2,000");
  await expect(rows()).toHaveCount(51);
  await inspect(page, "admin-devices");
  await page.getByRole("button", { name: "Cores" }).click();
  await page.getByRole("button", { name: "Cores" }).click();
  await expect(page.getByRole("columnheader", { name: "Cores" })).toHaveAttribute("aria-sort", "descending");
  await expect(firstDevice()).toContainText("19.99");
  await page.getByRole("button", { name: "Next" }).click();
  await expect(count()).toHaveText("51 to 100 of 2,000");
  await expect(firstDevice()).toContainText("19.49");

  // By keys, one after the other: whatever is on its way, the field shows what was typed.
  const search = page.getByRole("searchbox", { name: "Search" });
  await search.pressSequentially("darwin");
  await expect(search).toHaveValue("darwin");
  await expect(count()).toHaveText("1 to 50 of 200");
  await page.getByLabel("Region").selectOption("europe");
  await expect(count()).toHaveText("1 to 50 of 67");
  await expect(page).toHaveURL(/\?sort=cores&order=desc&search=darwin&region=europe$/);
  const before = await rows().allTextContents();
  await page.reload();
  await expect(count()).toHaveText("1 to 50 of 67");
  await expect(search).toHaveValue("darwin");
  expect((await rows().allTextContents()).length).toBe(before.length);
  await search.fill("nothing is called so");
  await expect(page.getByText("No device is like that.")).toBeVisible();
  await search.fill("");
  await page.getByLabel("Region").selectOption("");
  await expect(count()).toHaveText("1 to 50 of 2,000");
});

test("on a phone devices are sorted, searched, paged and opened just as well", async () => {
  const wide = page.viewportSize() ?? sizes.desktop;
  await page.setViewportSize(sizes.phone);
  await page.getByLabel("Sort by").selectOption({ label: "Cores, highest first" });
  await expect(firstDevice()).toContainText("19.99");
  await page.getByRole("button", { name: "Next" }).click();
  await expect(firstDevice()).toContainText("19.49");
  await page.getByRole("searchbox", { name: "Search" }).fill("darwin");
  await expect(count()).toHaveText("1 to 50 of 200");
  await firstDevice().getByRole("button").click();
  await expect(page.getByRole("dialog")).toContainText("darwin-arm64");
  await page.keyboard.press("Escape");
  await page.getByRole("searchbox", { name: "Search" }).fill("");
  // Where he was before he searched.
  await expect(count()).toHaveText("51 to 100 of 2,000");
  await page.getByRole("button", { name: "Previous" }).click();
  await expect(count()).toHaveText("1 to 50 of 2,000");
  // The header, for as long as keys are in it.
  await page.getByRole("button", { name: "Cores" }).focus();
  expect((await page.locator("thead").boundingBox())?.width).toBeGreaterThan(200);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page.setViewportSize(wide);
});

test("a device's details open by key, and close by Escape where they were opened", async () => {
  const opener = firstDevice().getByRole("button");
  await opener.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Cores offered");
  await expect(dialog).toContainText("of 64");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test("the audit log shows what was just done, and its signed head", async () => {
  await page.getByRole("button", { name: "Audit log" }).click();
  await page.getByLabel("Show").selectOption("admin.");
  const events = page.getByRole("list", { name: "Events" });
  await expect(events.getByRole("listitem").first()).toContainText("admin.second_factor_enrolled");
  await expect(events).toContainText("admin.second_factor_refused");
  await expect(events).toContainText("admin.signed_in");
  const head = page.getByRole("region", { name: "Head of the log" });
  await expect(head).toContainText("0x");
  await head.getByRole("button", { name: "Verify the log" }).click();
  await expect(head.getByText("The log is as it was written.")).toBeVisible();
  await inspect(page, "admin-audit-log");
});

test("in German its views fit and are accessible as in English; the choice stays until another", async () => {
  await language().selectOption("de");
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  for (const view of ["Devices", "Account", "Audit log"] as const) {
    await page.getByRole("button", { name: german[view], exact: true }).click();
    // Colours are the same in each language.
    await inspect(page, `de-admin-${view.toLowerCase().replace(" ", "-")}`, { colours: false });
  }
  await language().selectOption("en");
  await expect(page.getByRole("button", { name: "Audit log" })).toBeVisible();
});

test("who signs out is out; the next sign-in needs a code, and takes none twice", async () => {
  await signOut();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Sign in as an admin" })).toBeVisible();
  await signInAtIssuer(page, accountFile, true);
  await showCode(page, authenticatorLabel, authenticator.usedCode());
  // On a busy machine it may have run out as well.
  await expect(page.getByText(/was used before|not this account's for the present half minute/)).toBeVisible();
  await showCode(page, authenticatorLabel, await authenticator.nextCode());
  await expect(count()).toContainText("2,000");
});

test("a recovery code stands in for the authenticator, once", async () => {
  await signOut();
  await signInAtIssuer(page, accountFile, true);
  const used = await showRecoveryCode(page);
  await expect(page.getByText("You used a recovery code; 9 are left.")).toBeVisible();
  await signOut();
  await signInAtIssuer(page, accountFile, true);
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await showCode(page, "Recovery code", used);
  await expect(page.getByText(/no recovery code of the account, or it was used before/)).toBeVisible();
  await showCode(page, "Recovery code", takeRecoveryCode().toUpperCase());
  await expect(page.getByText("You used a recovery code; 8 are left.")).toBeVisible();
});

test("a session that is ended from another browser is over, and its page says so", async ({ browser }) => {
  const other = await openPage(browser);
  await signInAtIssuer(other, accountFile);
  await showRecoveryCode(other);
  await other.getByRole("button", { name: "Account" }).click();
  const sessions = other.getByRole("table", { name: "Sessions of this account" });
  await expect(sessions).toContainText("This browser");
  await inspect(other, "admin-account");
  await sessions.getByRole("button", { name: "End session" }).click();
  await expect(sessions.getByRole("row")).toHaveCount(2);
  await expect(page.getByText("Your session has ended.")).toBeVisible();
  await other.context().close();
});

test("an issuer that is away is told before the browser is sent to it", async () => {
  await network.issuer?.stop();
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").getByText(/issuer that admins sign in at does not answer/)).toBeVisible();
  await network.startIssuer();
  await signInAtIssuer(page, accountFile);
  await showRecoveryCode(page);
  await expect(count()).toContainText("2,000");
});

test("while the backbone is away the page says so and keeps what it has; it goes on by itself", async () => {
  await network.stopNode("backbone");
  await expect(page.getByText("The backbone does not answer.").first()).toBeVisible();
  await inspect(page, "admin-backbone-gone");
  await expect(rows()).toHaveCount(51);
  await network.startNode("backbone");
  await expect(page.getByText("The backbone does not answer.")).toHaveCount(0);
  await expect(rows()).toHaveCount(51);
});

test("after five failures the account has to wait, and sees how long", async () => {
  await signOut();
  await signInAtIssuer(page, accountFile, true);
  for (let attempt = 1; attempt <= 5; attempt++) {
    await showCode(page, authenticatorLabel, authenticator.wrongCode());
    await expect(page.getByText(/not this account's for the present half minute/)).toBeVisible();
    await expect(page.getByLabel(authenticatorLabel)).toHaveValue("");
  }
  // One that comes after the lock-out's minute, on a busy machine, begins the next one.
  await expect(async () => {
    await showCode(page, authenticatorLabel, authenticator.wrongCode());
    await expect(page.getByText("Too many attempts failed for this account or address.")).toBeVisible({
      timeout: 10_000,
    });
  }).toPass();
  await expect(page.getByText(/Try again in \d+ (s|min)/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Confirm" })).toBeDisabled();
  await expectAccessible(page);
});

test("who is taken off the list of admins is out at once, and not let in again", async () => {
  const { folder } = network.node("backbone");
  await network.stopNode("backbone");
  const path = join(folder, "config.yaml");
  await writeFile(path, (await readFile(path, "utf8")).replace("- admin", "- somebody else"));
  await network.startNode("backbone");
  await page.reload();
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText(/it is no admin of this backbone/)).toBeVisible();
});

test("the page had no error of its own and called nobody but the backbone and the issuer", () => {
  expect(watch.problems).toEqual([]);
  expect(watch.outside).toEqual([]);
});
