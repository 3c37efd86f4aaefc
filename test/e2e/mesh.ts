import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { daemonRoutes } from "../../node/api/daemon.ts";
import { type Network, type NetworkConfig, type RunningNode, startNetwork } from "../../scripts/network/index.ts";

/** No epoch of scores ends during a test, and nobody is probed for them, unless it asks for shorter ones. */
const oneDayS = 86_400n;

/** A mesh of real processes in a folder of its own, which goes with it; with a newcomer's node where one is asked for. */
export async function startTestMesh({
  newcomer = false,
  ...config
}: Partial<Pick<NetworkConfig, "issuer" | "members" | "epochLengthS" | "launch">> & {
  newcomer?: boolean;
} = {}): Promise<{
  network: Network;
  end(): Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), "shadowmesh-e2e-"));
  const network = await startNetwork({
    folder: join(folder, "devnet"),
    newcomerFolder: newcomer ? join(folder, "node") : undefined,
    anyPorts: true,
    epochLengthS: oneDayS,
    ...config,
    onStep: (step) => console.log(`    › ${step}`),
  });
  return {
    network,
    async end() {
      await network.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Opens the GUI of a node, signed in by a one-time link. */
export async function openGui(page: Page, node: RunningNode): Promise<void> {
  const { url } = await node.client.call(daemonRoutes.createSignInLink, {});
  await page.goto(url);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}

/** Goes to a room by the navigation; what is done next is done there, and not in the room before. */
export async function goTo(page: Page, room: string): Promise<void> {
  const link = page.getByRole("link", { name: room, exact: true });
  // On a phone the first rooms are at hand, the others one press further.
  const more = page.getByRole("button", { name: "More", exact: true });
  await expect(link.or(more).first()).toBeVisible();
  if (await link.isVisible()) await link.click();
  else {
    await more.click();
    await page.getByRole("dialog").getByRole("option", { name: room, exact: true }).click();
  }
  await expect(page.getByRole("heading", { level: 1, name: room })).toBeVisible();
}

/** Connects the wallet that is announced as MetaMask. */
export async function connectWallet(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Connect wallet" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "MetaMask" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
}

/** Polls what a daemon says until it holds. */
export async function eventually<T>(what: string, ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  let last: T | undefined;
  await expect
    .poll(
      async () => {
        last = await ask().catch(() => undefined);
        return last !== undefined && holds(last);
      },
      { message: what, timeout: 60_000, intervals: [200] },
    )
    .toBe(true);
  return last as T;
}
