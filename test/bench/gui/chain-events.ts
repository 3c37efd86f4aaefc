import { setTimeout as delay } from "node:timers/promises";
import type { Browser, Page } from "@playwright/test";
import { type Address, createPublicClient, createWalletClient, encodePacked, type Hex, http, parseEther } from "viem";
import type { HDAccount } from "viem/accounts";
import { formatShm } from "../../../app/_shared/node/format.ts";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import { nodeTypeIndex, regionToBytes } from "../../../node/core/chain/nexus.ts";
import { regions } from "../../../node/core/vocabulary.ts";
import { type Figure, percentile } from "../figures.ts";

const rounds = 30;
/** Longer than the page waits between two looks: events must not keep step with it. */
const spreadMs = 1_000;

interface ChainEventsConfig {
  browser: Browser;
  /** Origin of the pages. */
  url: string;
  rpcUrl: string;
  nexusAddress: Address;
  /** Governs, names itself for scores, and stakes. */
  account: HDAccount;
}

/** From the block of a transaction until a node's page, and the list of all, show what it changed: its score, its stake. */
export async function measureChainEvents(config: ChainEventsConfig): Promise<Figure[]> {
  const { browser, url, rpcUrl, nexusAddress, account } = config;
  const client = createPublicClient({ transport: http(rpcUrl), pollingInterval: 10 });
  const wallet = createWalletClient({ account, transport: http(rpcUrl) });
  const nexus = { address: nexusAddress, abi: nodeNexusAbi } as const;
  const region = regionToBytes(regions[0]);
  const type = nodeTypeIndex("light_public");
  const send = async (call: object) => {
    const hash = await wallet.writeContract({ ...nexus, chain: null, ...call } as never);
    await client.waitForTransactionReceipt({ hash });
    return performance.now();
  };
  await send({ functionName: "setScorer", args: [account.address] });
  const [nodes] = await client.readContract({ ...nexus, functionName: "nodesPage", args: [region, type, 0n, 1n] });
  const peerID: Hex = nodes[0]?.peerID ?? "0x";
  const { pool } = await client.readContract({ ...nexus, functionName: "poolOf", args: [peerID] });
  const page = await browser.newPage();
  await page.goto(`${url}/network/node/?id=${peerID}`);
  await page.getByRole("region", { name: "Score" }).waitFor();

  const list = await browser.newPage();
  await list.goto(`${url}/network/`);
  await list.getByRole("searchbox", { name: "Search" }).fill(peerID);

  const waits = { score: [] as number[], stake: [] as number[], listed: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const score = await client.readContract({ ...nexus, functionName: "scoreOf", args: [peerID] });
    const next = score > 50 ? score - 5 : score + 5;
    await delay(Math.random() * spreadMs);
    const changes = encodePacked(["uint32", "uint8"], [pool, next]);
    const scoredAt = await send({ functionName: "applyScores", args: [region, type, changes] });
    waits.score.push(await shownAfter(page, "Score", String(next), scoredAt));

    await delay(Math.random() * spreadMs);
    const stakedAt = await send({ functionName: "stake", args: [peerID, 0n], value: parseEther("1") });
    const { stake } = await client.readContract({ ...nexus, functionName: "nodes", args: [peerID] });
    const [onPage, inList] = await Promise.all([
      shownAfter(page, "Registration", formatShm(stake), stakedAt),
      shownAfter(list, "Registered nodes", formatShm(stake, 2), stakedAt),
    ]);
    waits.stake.push(onPage);
    waits.listed.push(inList);
  }
  await page.close();
  await list.close();
  const limits = { floor: 3_000, aim: 1_000 };
  const titles = {
    score: "score on chain until the node's page shows it",
    stake: "stake on chain until the node's page shows it",
    listed: "stake on chain until the list of all nodes shows it",
  };
  return (["score", "stake", "listed"] as const).flatMap((what): Figure[] => [
    {
      key: `${what}ShownP95`,
      unit: "Ms",
      title: `${titles[what]}, p95`,
      ours: percentile(waits[what], 0.95),
      ...limits,
    },
    {
      key: `${what}ShownMedian`,
      unit: "Ms",
      title: `${titles[what]}, median`,
      ours: percentile(waits[what], 0.5),
    },
  ]);
}

async function shownAfter(page: Page, region: string, text: string, sinceMs: number): Promise<number> {
  await page.waitForFunction(
    ([name, wanted]) =>
      [...document.querySelectorAll("section")].some(
        (section) =>
          section.querySelector("h2")?.textContent === name &&
          section.innerText
            .split("\n")
            .join(" ")
            .includes(wanted ?? ""),
      ),
    [region, text],
    { polling: "raf", timeout: 120_000 },
  );
  return performance.now() - sinceMs;
}
