import { expect, type Page, test } from "@playwright/test";
import { shortHex } from "../../app/_shared/node/format.ts";
import { sections } from "../../app/_shared/sections.ts";
import { themeStorageKey } from "../../app/_shared/shell/theme-script.ts";
import german from "../../app/_shared/text/de.json" with { type: "json" };
import type { Network } from "../../scripts/network/index.ts";
import { inspect, sizes } from "./accessible.ts";
import { openGui, startTestMesh } from "./mesh.ts";
import { createWatch } from "./watch.ts";

// Every page as it looks and as it is reached: on a wide screen and a phone, in both themes, and with keys alone.
test.describe.configure({ mode: "serial" });

let network: Network;
let end: () => Promise<void>;
let page: Page;
const watch = createWatch();

test.beforeAll(async ({ browser }) => {
  ({ network, end } = await startTestMesh());
  // axe wants a context of its own making.
  page = await (await browser.newContext()).newPage();
  watch.of(page);
});

test.afterAll(async () => {
  await page?.context().close();
  await end?.();
});

async function show(size: keyof typeof sizes): Promise<void> {
  await page.setViewportSize(sizes[size]);
}

/** Everything that was asked for is there. */
async function settled(): Promise<void> {
  // Not by their roles: behind an open dialog nothing has one.
  await expect(page.locator("h1")).toBeVisible();
  await expect(page.locator('[aria-label="Loading"], [aria-label="Wird geladen"]')).toHaveCount(0);
}

test("signed out", async () => {
  await page.goto(network.node("public-1").url);
  await expect(page.getByRole("heading", { name: "Sign in to this node" })).toBeVisible();
  await inspect(page, "signed-out");
});

test("signing in", async () => {
  await show("desktop");
  await openGui(page, network.node("public-1"));
  await expect(page.getByRole("region", { name: "My node" })).toBeVisible();
});

for (const { href, title } of sections) {
  test(`${title}, signed in`, async () => {
    await page.goto(new URL(href, page.url()).href);
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await settled();
    await expect(page.getByRole("heading", { name: "Sign in to this node" })).toHaveCount(0);
    await inspect(page, title.toLowerCase());
  });
}

test("the list of nodes is searched, sorted, and narrowed on the map", async () => {
  await show("desktop");
  await page.goto(new URL("/network/", page.url()).href);
  const table = page.getByRole("table", { name: "Registered nodes" });
  const rows = table.getByRole("row").filter({ has: page.getByRole("link") });
  await expect(rows).toHaveCount(4);
  await page.getByRole("searchbox", { name: "Search" }).fill(network.node("public-2").peerId.slice(0, 20));
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("Asia-Pacific");
  await page.getByRole("searchbox", { name: "Search" }).fill("no such node");
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(rows).toHaveCount(4);

  await table.getByRole("button", { name: "Bandwidth" }).click();
  await expect(table.getByRole("columnheader", { name: "Bandwidth" })).toHaveAttribute("aria-sort", "descending");
  await expect(rows.first()).toContainText("Backbone");
  await table.getByRole("button", { name: "Bandwidth" }).press("Enter");
  await expect(rows.last()).toContainText("Backbone");

  const europe = page.getByRole("button", { name: "Europe 3 nodes" });
  await europe.click();
  await expect(rows).toHaveCount(3);
  await expect(page.getByLabel("Region", { exact: true })).toHaveValue("europe");
  await europe.click();
  await expect(rows).toHaveCount(4);
});

test("a node's page is a press away from the list; the palette leads to any, and says where there is none", async () => {
  await page
    .getByRole("table", { name: "Registered nodes" })
    .getByRole("link", { name: shortHex(network.node("public-2").peerId) })
    .click();
  await expect(page.getByRole("heading", { level: 1, name: "Node" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Registration" })).toContainText("Asia-Pacific");

  await page.keyboard.press("Control+k");
  await page
    .getByRole("dialog")
    .getByRole("combobox")
    .fill(`0x${"1".repeat(40)}`);
  await page.keyboard.press("Enter");
  await expect(page.getByText("The contract knows no node with this peer ID.")).toBeVisible();
});

test("an address without a page", async () => {
  await page.goto(new URL("/nowhere/", page.url()).href);
  await expect(page.getByRole("heading", { name: "There is no page at this address" })).toBeVisible();
  await inspect(page, "not-found");
});

test("by keys alone: past the rooms to the content, and through the command palette to any room", async () => {
  await show("desktop");
  await page.goto(new URL("/", page.url()).href);
  await settled();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();

  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Rooms and actions" });
  await expect(palette.getByRole("combobox")).toBeFocused();
  await inspect(page, "palette");
  await page.keyboard.type("netw");
  await expect(palette.getByRole("option")).toHaveText(["Network"]);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Network" })).toBeVisible();
  await expect(palette).toBeHidden();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("dark theme");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  // After a reload it is loaded anew: what is pressed before it is there goes to the page.
  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
  // Later steps go by the system's theme again.
  await page.evaluate((key) => localStorage.removeItem(key), themeStorageKey);
});

test("on a phone every room is two presses away, under the thumb", async () => {
  await show("phone");
  await page.goto(new URL("/", page.url()).href);
  await settled();
  await page.getByRole("navigation").getByRole("link", { name: "Operate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Operate" })).toBeVisible();
  for (const { title } of sections) {
    await page.getByRole("button", { name: "More" }).click();
    const palette = page.getByRole("dialog", { name: "Rooms and actions" });
    await palette.getByRole("option", { name: title, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await expect(palette).toBeHidden();
  }
});

test("a word is explained under the pointer, on focus and at a press, within the screen, until Escape", async () => {
  await show("phone");
  const text = page.getByRole("tooltip");
  for (const room of ["/", "/stake/"]) {
    await page.goto(new URL(room, page.url()).href);
    await settled();
    const marks = await page.getByRole("button", { name: /^About / }).all();
    expect(marks.length).toBeGreaterThan(0);
    for (const mark of marks) {
      await mark.hover();
      await expect(text).toBeInViewport({ ratio: 1 });
      // Long enough to be read with a magnifier, and to be copied.
      await text.hover();
      await expect(text).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(text).toBeHidden();
      await mark.click();
      await mark.click();
      await expect(text).toBeVisible();
      await page.getByRole("heading", { level: 1 }).click();
      await expect(text).toBeHidden();
    }
  }
  await page
    .getByRole("button", { name: /^About / })
    .first()
    .focus();
  await expect(text).toBeVisible();
  await inspect(page, "tip");
  await page.keyboard.press("Tab");
  await expect(text).toBeHidden();
});

test("who asks for less motion gets none", async () => {
  await show("desktop");
  await page.emulateMedia({ reducedMotion: "reduce" });
  const button = page.getByRole("button", { name: /theme$/ });
  const seconds = () => button.evaluate((element) => Number.parseFloat(getComputedStyle(element).transitionDuration));
  expect(await seconds()).toBeLessThan(0.001);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  expect(await seconds()).toBeGreaterThan(0.05);
});

test("in German every page fits, is named and is accessible as in English; the choice stays until another", async () => {
  await show("desktop");
  await page.goto(new URL("/", page.url()).href);
  await settled();
  const language = page.getByRole("combobox", { name: "Language · Sprache" });
  await language.selectOption("de");
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.getByRole("region", { name: "Mein Knoten" })).toBeVisible();
  const inGerman = (title: string) => (german as Record<string, unknown>)[title] as string;
  const node = `/network/node/?id=${network.node("public-2").peerId}`;
  const beyond = [
    { href: "/welcome/", title: "Welcome" },
    { href: node, title: "Node" },
  ];
  for (const { href, title } of [...sections, ...beyond]) {
    // Loaded anew each time: what is exported is in English.
    await page.goto(new URL(href, page.url()).href);
    await expect(page.getByRole("heading", { level: 1, name: inGerman(title), exact: true })).toBeVisible();
    await expect(page).toHaveTitle(`${inGerman(title)} · ShadowMesh`);
    await expect(page.locator("html")).toHaveAttribute("lang", "de");
    // Colours are the same in each language.
    await inspect(page, `de-${title.toLowerCase()}`, { colours: false });
  }
  for (const { title } of sections.slice(0, 5)) {
    await page
      .getByRole("navigation")
      .getByRole("link", { name: inGerman(title), exact: true })
      .click();
    await expect(page.getByRole("heading", { level: 1, name: inGerman(title), exact: true })).toBeVisible();
    await expect(page).toHaveTitle(`${inGerman(title)} · ShadowMesh`);
  }

  await language.selectOption("en");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Network" })).toBeVisible();
  await expect(page).toHaveTitle("Network · ShadowMesh");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
});

test("no page had an error of its own or called anybody but its daemon and the chain", () => {
  expect(watch.problems).toEqual([]);
  expect(watch.outside).toEqual([]);
});
