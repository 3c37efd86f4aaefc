import { expect, type Page, test } from "@playwright/test";
import { zeroAddress } from "viem";
import { routes } from "../../node/api/routes.ts";
import { throughputRoutes } from "../../node/services/throughput/api.ts";
import { members, type Network, newcomer } from "../../scripts/network/index.ts";
import { inspect, sizes } from "./accessible.ts";
import { goTo, openGui, startTestMesh } from "./mesh.ts";
import { createWatch } from "./watch.ts";

// What an operator sets, on a phone, and what the page says where it fits nothing; the daemon keeps to it. No wallet is
// needed.
test.describe.configure({ mode: "serial" });
test.use({ viewport: sizes.phone, hasTouch: true });

let network: Network;
let end: () => Promise<void>;
let page: Page;
const watch = createWatch();

const banner = (text: string) => page.getByRole("alert").filter({ hasText: text });
const button = (name: string) => page.getByRole("button", { name, exact: true });

test.beforeAll(async ({ browser }) => {
  ({ network, end } = await startTestMesh({ members: members.slice(0, 1), newcomer: true }));
  await network.node(newcomer).client.call(routes.leaveWelcome, {});
  // axe wants a context of its own making.
  page = await (await browser.newContext()).newPage();
  watch.of(page);
  await openGui(page, network.node(newcomer));
  await goTo(page, "Operate");
});

/** The daemon with options from its environment, and the page signed in at it. */
async function restart(env: Record<string, string> = {}): Promise<void> {
  await network.stopNode(newcomer);
  await network.startNode(newcomer, { env });
  await openGui(page, network.node(newcomer));
  await expect(page.getByRole("region", { name: "My node" })).toBeVisible();
}

test.afterAll(async () => {
  await page?.context().close();
  await end?.();
});

test("caps on relaying and their schedule are reviewed, written, and hold at once, and from the daemon's next start", async () => {
  const node = () => network.node(newcomer);
  const limits = page.getByRole("region", { name: "Caps on relaying" });
  const times = limits.getByRole("group", { name: "Times 1" });
  const box = limits.getByRole("spinbutton", { name: "All peers together in Mbit/s" });
  const written = async () => {
    const { settings } = await node().client.call(routes.settings, {});
    return settings.filter(({ section, name }) => section === "relay" && /^max.*PerSecond|^schedule$/.test(name));
  };
  await expect(button("Check caps")).toBeDisabled();
  await box.fill("0");
  await expect(limits).toContainText("Enter 0.01 to 100,000 Mbit/s, or nothing for no cap.");
  await expect(button("Check caps")).toBeDisabled();
  await box.fill("80");
  await limits.getByRole("slider", { name: "Each peer" }).fill("40");
  await button("Add times").click();
  await times.getByLabel("From").fill("08:00");
  await times.getByLabel("To").fill("17:30");
  await times.getByLabel("Cap").fill("5.5");
  await inspect(page, "relay-limits");
  await button("Check caps").click();
  await expect(limits).toContainText("All peers togetherno cap → 80 Mbit/s");
  await expect(limits).toContainText("Each peerno cap → 40 Mbit/s");
  await expect(limits).toContainText("At other timesthe same → 08:00–17:30: 5.5 Mbit/s");
  await inspect(page, "relay-limits-review");
  await button("Back").click();
  await expect(box).toHaveValue("80");
  await button("Check caps").click();
  await network.stopNode(newcomer);
  await button("Save caps").click();
  await expect(limits).toContainText("DAEMON_UNREACHABLE");
  // One of the options is fixed by this start's environment, as it may be on a machine that others administer.
  await network.startNode(newcomer, { env: { SHADOWMESH_RELAY_MAX_BYTES_PER_SECOND_PER_PEER: "2500000" } });
  await openGui(page, node());
  await goTo(page, "Operate");
  await expect(limits).toContainText("Set by SHADOWMESH_RELAY_MAX_BYTES_PER_SECOND_PER_PEER.");
  await expect(limits.getByRole("slider", { name: "Each peer" })).toBeDisabled();
  await expect(limits.getByRole("spinbutton", { name: "Each peer in Mbit/s" })).toHaveValue("20");
  await box.fill("80");
  await button("Add times").click();
  await times.getByLabel("Cap").fill("5.5");
  await button("Check caps").click();
  await expect(limits).not.toContainText("Each peer");
  await button("Save caps").click();
  await expect(button("Check caps")).toBeDisabled();
  await expect(limits).not.toContainText("holds from the next start");
  const atNight = { from: "22:00", to: "06:00", maxBytesPerSecond: 687_500 };
  expect((await written()).map(({ value }) => value)).toEqual([10_000_000, 2_500_000, [atNight]]);

  await restart();
  await goTo(page, "Operate");
  await expect(box).toHaveValue("80");
  await expect(times.getByLabel("Cap")).toHaveValue("5.5");
  expect((await written()).map(({ value }) => value)).toEqual([10_000_000, null, [atNight]]);
  await limits.getByRole("button", { name: "Remove times 1" }).click();
  await box.fill("");
  await button("Check caps").click();
  await button("Save caps").click();
  await expect(button("Check caps")).toBeDisabled();
  await expect.poll(async () => (await written()).map(({ value }) => value)).toEqual([null, null, []]);
});

test("a chain or an address that is set wrongly is told on every page, with the option to set", async () => {
  await restart({ SHADOWMESH_CHAIN_CHAIN_ID: "10" });
  await expect(banner("The RPC endpoint does not serve chain 10.")).toBeVisible();
  await expect(page.getByRole("region", { name: "My node" })).toContainText("shows once the chain answers");
  await inspect(page, "wrong-chain");
  await restart({ SHADOWMESH_CHAIN_NEXUS_ADDRESS: zeroAddress.replace(/0$/, "1"), SHADOWMESH_LOG_LEVEL: "debug" });
  await expect(banner("There is no NodeNexus contract at the configured address.")).toBeVisible();
  for (const room of ["Stake", "Network", "Operate"]) {
    await goTo(page, room);
    await expect(banner("There is no NodeNexus contract at the configured address.")).toBeVisible();
    // Nothing is read from there, and nothing waits for it.
    await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
  }
  await inspect(page, "no-contract");
});

test("of a long log the newest lines are drawn, and earlier ones at a press, without a jump", async () => {
  const refused = { peerId: network.node("backbone").peerId, count: 0 };
  for (let call = 0; call < 600; call++) {
    await expect(network.node(newcomer).client.call(throughputRoutes.ping, refused)).rejects.toThrow();
  }
  await goTo(page, "Logs");
  const lines = page.getByRole("list", { name: "Log lines" }).getByRole("listitem");
  await expect(lines).toHaveCount(500);
  await button("Pause").click();
  // The first one bears its day as well, as long as it is the first.
  const old = lines.nth(1);
  await old.scrollIntoViewIfNeeded();
  const text = await old.textContent();
  const earlier = page.getByRole("button", { name: /^Show \d+ earlier lines$/ });
  const count = Number((await earlier.textContent())?.match(/\d+/)?.[0]);
  await earlier.click();
  await expect(lines).toHaveCount(500 + count);
  await expect(earlier).toHaveCount(0);
  expect(await lines.nth(count + 1).textContent()).toBe(text);
  await expect(lines.nth(count + 1)).toBeInViewport();
});

test("the page had no error of its own and called nobody but the daemon and the chain", () => {
  expect(watch.problems).toEqual([]);
  expect(watch.outside).toEqual([]);
});
