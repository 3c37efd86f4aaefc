import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { pino } from "pino";
import { daemonRoutes } from "../../../node/api/daemon.ts";
import { serveGui } from "../../../node/api/gui/index.ts";
import { createServer } from "../../../node/api/server.ts";
import { buildDaemon, buildGui } from "../../../scripts/build.ts";
import { deployNodeNexus } from "../../../scripts/deploy/index.ts";
import { startDevChain } from "../../../scripts/network/chain.ts";
import { root } from "../../../scripts/root.ts";
import { provideChromium } from "../../../scripts/test/tools.ts";
import { freePort } from "../../harness/postgres.ts";
import { registerNodes } from "../../harness/registered-nodes.ts";
import { type Bench, type Figure, percentile } from "../figures.ts";
import { measureChainEvents } from "./chain-events.ts";
import { keyPresses } from "./key-presses.ts";
import { measureLighthouse } from "./lighthouse.ts";
import { bareField, plainTable } from "./peer.ts";
import { pageScripts } from "./scripts.ts";

const nodes = 10_000;
const shown = new Intl.NumberFormat("en").format(nodes);
const folder = join(root, "out");

export const bench: Bench = {
  title: `Lighthouse on each page, the list of ${shown} nodes from key press to paint, and what script each page loads first`,
  peer: "a plain table: filter the array, draw all rows that are left",
  limit: "a page that shows what is typed",
  async run(onStep) {
    onStep("building the pages");
    await buildDaemon();
    await buildGui();
    const executablePath = await provideChromium();
    const lighthouse = await measureLighthouse(executablePath, onStep);
    const state = await mkdtemp(join(tmpdir(), "shadowmesh-bench-"));
    const chain = await startDevChain(state, await freePort());
    const server = await createServer({ host: "127.0.0.1", port: 0 }, { log: pino({ level: "silent" }) });
    let browser: Browser | undefined;
    try {
      const account = chain.account(0);
      const { nodeNexus: nexusAddress } = await deployNodeNexus({ rpcUrl: chain.rpcUrl, account });
      onStep(`registering ${shown} nodes`);
      await registerNodes(chain.rpcUrl, nexusAddress, account.address, nodes);
      // What the page asks a daemon before anyone signs in; the files come by the daemon's own server.
      const { rpcUrl } = chain;
      server.handle(daemonRoutes.session, async () => ({ signedIn: false, by: null }));
      server.handle(daemonRoutes.network, async () => ({
        chainId: 31337,
        rpcUrl,
        nexusAddress,
        paymentsAddress: null,
        state: "connected" as const,
        blockNumber: 1,
        development: true,
      }));
      await serveGui(server, { folder, rpcUrl, serves: () => true });
      await server.start(AbortSignal.timeout(30_000));
      browser = await chromium.launch({
        executablePath,
        args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
      });
      const list = await measureList(browser, server.url, onStep);
      onStep("changing a node's score and stake on chain");
      const events = await measureChainEvents({ browser, url: server.url, rpcUrl, nexusAddress, account });
      return [...lighthouse, ...list, ...events, ...scriptFigures()];
    } finally {
      await browser?.close();
      await server.stop();
      await chain.stop();
      await rm(state, { recursive: true, force: true });
    }
  },
};

async function measureList(browser: Browser, url: string, onStep: (step: string) => void): Promise<Figure[]> {
  onStep("reading the list from the chain");
  const ours = await browser.newPage();
  const startedAt = performance.now();
  await ours.goto(`${url}/network/`);
  await ours.getByText(`${shown} nodes`, { exact: true }).waitFor({ timeout: 300_000 });
  const readMs = performance.now() - startedAt;
  const peer = await pageOf(browser, plainTable(nodes));
  const limit = await pageOf(browser, bareField);
  onStep("typing into ours, the plain table and the bare field");
  const presses = {
    ours: await keyPresses(ours, "input[type=search]"),
    peer: await keyPresses(peer, "input"),
    limit: await keyPresses(limit, "input"),
  };
  const over = (share: number) => ({
    ours: percentile(presses.ours, share),
    peer: percentile(presses.peer, share),
    limit: percentile(presses.limit, share),
  });
  const drawn = await ours.locator("tbody tr[data-index]").count();
  return [
    { key: "keyToPaintP95", unit: "Ms", title: "key press to paint, p95", ...over(0.95), floor: 100, aim: 32 },
    { key: "keyToPaintMedian", unit: "Ms", title: "key press to paint, median", ...over(0.5) },
    { key: "listRead", unit: "Ms", title: "page opened until all are listed", ours: readMs },
    { key: "rowsDrawn", unit: "Count", title: "rows in the page", ours: drawn, peer: nodes },
  ];
}

async function pageOf(browser: Browser, html: string): Promise<Page> {
  const page = await browser.newPage();
  await page.setContent(html);
  return page;
}

function scriptFigures(): Figure[] {
  return pageScripts(folder).map(({ path, kB }) => ({
    key: `script${path.replace(/\W+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    unit: "KB",
    title: `first-load script of ${path}, gzipped`,
    ours: kB,
    floor: 250,
    aim: 160,
  }));
}
