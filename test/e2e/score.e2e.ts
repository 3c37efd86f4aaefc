import { expect, test } from "@playwright/test";
import { shortHex } from "../../app/_shared/node/format.ts";
import german from "../../app/_shared/text/de.json" with { type: "json" };
import { routes } from "../../node/api/routes.ts";
import { members } from "../../scripts/network/index.ts";
import { inspect } from "./accessible.ts";
import { eventually, goTo, openGui, startTestMesh } from "./mesh.ts";
import { createWatch } from "./watch.ts";

// On a mesh of its own, that lives no longer: in epochs short enough to wait for, its backbone probes every second.
test("a node's page replays its score in the browser, and explains the way to it", async ({ browser }) => {
  const { network, end } = await startTestMesh({ members: members.slice(0, 2), epochLengthS: 12n });
  // axe wants a context of its own making.
  const page = await (await browser.newContext()).newPage();
  const watch = createWatch();
  watch.of(page);
  try {
    const reader = network.node("backbone");
    const { peerId } = network.node("public-1");
    await openGui(page, reader);
    await page.goto(`${reader.url}/network/node/?id=${peerId}`);
    await expect(page.getByRole("heading", { level: 1, name: "Node" })).toBeVisible();
    // The first scores come on chain a slot after the end of an epoch.
    await eventually(
      "the node has a score",
      () => reader.client.call(routes.score, { peerId }),
      ({ epoch }) => epoch !== null,
    );
    const score = page.getByRole("region", { name: "Score" });
    const replay = score.getByRole("region", { name: "Replay" });
    await expect(async () => {
      await score.getByRole("button", { name: "Replay in this browser" }).click();
      await expect(replay).toBeVisible({ timeout: 10_000 });
    }).toPass({ timeout: 60_000, intervals: [1_000] });
    await expect(replay).toContainText("The score on chain is the one that comes of the evidence.");
    await expect(replay).toContainText(/[1-9]\d* signatures checked in this browser/);

    await page.getByRole("button", { name: "Explain the way" }).click();
    const way = page.getByRole("region", { name: `Way to ${shortHex(peerId)}` });
    await expect(way.getByRole("list", { name: "Ladder" }).getByRole("listitem").first()).toContainText("In use");
    await inspect(page, "node");
    await page.getByRole("combobox", { name: "Language · Sprache" }).selectOption("de");
    await expect(page.getByRole("heading", { level: 1, name: german.Node, exact: true })).toBeVisible();
    await inspect(page, "de-node-replayed", { colours: false });

    // Who stakes asks the daemon for the same.
    await page.getByRole("combobox", { name: "Language · Sprache" }).selectOption("en");
    await goTo(page, "Stake");
    await page.getByRole("button", { name: `Stake SHM on ${shortHex(peerId)}` }).click();
    await page.getByRole("button", { name: "Look up uptime" }).click();
    await expect(page.getByRole("definition").filter({ hasText: /^\d+\.\d\d %$/ })).toBeVisible();
    expect(watch.problems).toEqual([]);
    expect(watch.outside).toEqual([]);
  } finally {
    await page.context().close();
    await end();
  }
});
