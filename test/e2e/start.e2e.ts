import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { createPublicClient, http } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { nodeNexusAbi, nodeTypeNumber } from "../../app/_shared/chain/nexus.ts";
import { formatShm } from "../../app/_shared/node/format.ts";
import { routes } from "../../node/api/routes.ts";
import { connectDaemon } from "../../node/api-key.ts";
import { signInAtIssuer } from "./admin.ts";
import { eventually, goTo } from "./mesh.ts";
import { npmStart, type StartProcess, type Table } from "./npm-start.ts";

// `npm start` as its user meets it, from an empty folder to the day after. Each step stands on the last.
test.describe.configure({ mode: "serial" });

let folder: string;
let running: StartProcess;
let table: Table;
const yourNode = () => connectDaemon(join(folder, "node"));
const chain = () => createPublicClient({ transport: http(table.rpcUrl) });

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shadowmesh-start-"));
  running = npmStart(folder);
  table = await running.table;
});

test.afterAll(async () => {
  running?.interrupt();
  await running?.ended;
  if (folder) await rm(folder, { recursive: true, force: true });
});

test("its table names a chain, a contract on it, a funded key, and your node", async () => {
  expect(await chain().getChainId()).toBe(31337);
  expect(await chain().getCode({ address: table.nexusAddress })).toMatch(/^0x.{100}/);
  const balance = await chain().getBalance({ address: privateKeyToAddress(table.developmentKey) });
  expect(formatShm(balance)).toBe("10,000 SHM");
  const { client } = await yourNode();
  const status = await client.call(routes.status, {});
  expect(status).toMatchObject({ peerId: table.peerId, registration: null });
  const found = await client.call(routes.lookup, { peerId: table.privatePeerId });
  expect(found.addresses.every((address) => address.includes("/p2p-circuit"))).toBe(true);
});

test("by its link and the development wallet, the node is registered with no wallet of one's own", async ({ page }) => {
  await page.goto(table.link);
  await expect(page.getByRole("heading", { level: 1, name: "Welcome" })).toBeVisible();
  await page.getByRole("button", { name: "Set up later" }).click();
  await expect(page.getByRole("region", { name: "My node" })).toBeVisible();
  await goTo(page, "Operate");
  await showsTerms(page);
  await page.getByRole("button", { name: "Connect wallet" }).click();
  await expect(page.getByRole("dialog").getByText("Development chain only")).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Development wallet" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.getByLabel("Region").selectOption("europe");
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByRole("button", { name: "Sign and register" }).click();
  const { client } = await yourNode();
  const { registration } = await eventually(
    "the node is found",
    () => client.call(routes.status, {}),
    ({ progress }) => progress.every(({ state }) => state === "done"),
  );
  const operator = privateKeyToAddress(table.developmentKey);
  expect(registration).toMatchObject({ nodeType: "light_public", region: "europe", bandwidthMbps: 100, operator });
});

/** Stake and price as the contract has them, and no earnings where there are none to go by. */
async function showsTerms(page: Page): Promise<void> {
  const nexus = { abi: nodeNexusAbi, address: table.nexusAddress } as const;
  const [stakeWei, priceWei] = await Promise.all([
    chain().readContract({ ...nexus, functionName: "minimumStake", args: [nodeTypeNumber("light_public")] }),
    chain().readContract({ ...nexus, functionName: "relayPricePerGiB" }),
  ]);
  await expect(page.getByLabel("Stake", { exact: true })).toHaveValue(formatShm(stakeWei).replace(" SHM", ""));
  await page.getByLabel("Region").selectOption("europe");
  await expect(page.getByText(`${formatShm(priceWei, 6)} per GiB`)).toBeVisible();
  await expect(page.getByText("There is too little data for an estimate.")).toBeVisible();
}

test("it names the backbone's admin page, and the file with its account, which is its owner's to read", async ({
  page,
}) => {
  expect((await stat(table.accountFile)).mode & 0o777).toBe(0o600);
  await page.goto(table.adminUrl);
  await signInAtIssuer(page, table.accountFile);
  await expect(page.getByRole("button", { name: "Set up authenticator" })).toBeVisible();
});

test("a second start in the same folder says where the first is, and changes nothing", async () => {
  const files = ["devnet/ports.json", "devnet/backbone/config.yaml", "devnet/public-1/config.yaml", "node/config.yaml"];
  const read = () => Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  const before = await read();
  const { url, client } = await yourNode();
  const { code, output } = await npmStart(folder).ended;
  expect(code).toBe(1);
  expect(output).toContain(`its GUI is at ${url}`);
  expect(await read()).toEqual(before);
  expect(await client.call(routes.status, {})).toMatchObject({ peerId: table.peerId });
});

test("Ctrl-C ends every process; the next start resumes chain, contract, identities and registration", async () => {
  const before = {
    table,
    account: await readFile(table.accountFile, "utf8"),
    peers: await peerIds(),
    block: await chain().getBlock({ blockNumber: 1n }),
  };
  const { url: yourUrl } = await yourNode();
  running.interrupt();
  const ended = await running.ended;
  expect(ended.code).toBe(0);
  expect(ended.output).toContain("resumes the same chain and identities");
  await expect(fetch(before.table.rpcUrl)).rejects.toThrow();
  await expect(fetch(yourUrl)).rejects.toThrow();

  running = npmStart(folder);
  table = await running.table;
  // The link works once; a port that another program has taken since is replaced.
  const { link: _, rpcUrl: __, adminUrl: ___, ...resumed } = table;
  expect(before.table).toMatchObject(resumed);
  expect(await readFile(table.accountFile, "utf8")).toBe(before.account);
  expect(await peerIds()).toEqual(before.peers);
  expect((await chain().getBlock({ blockNumber: 1n })).hash).toBe(before.block.hash);
  const { registration } = await (await yourNode()).client.call(routes.status, {});
  expect(registration).toMatchObject({ nodeType: "light_public", region: "europe", active: true });
});

/** Of all nodes that the contract knows. */
async function peerIds(): Promise<string[]> {
  const { client } = await yourNode();
  const { peerId, registration } = await client.call(routes.status, {});
  expect(registration?.active).toBe(true);
  const members = ["backbone", "public-1", "public-2", "private"];
  const others = members.map(async (name) => {
    const member = await connectDaemon(join(folder, "devnet", name));
    return (await member.client.call(routes.status, {})).peerId;
  });
  return [peerId, ...(await Promise.all(others))];
}
