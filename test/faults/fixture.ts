import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { pino } from "pino";
import type { Hex } from "viem";
import { createClient } from "../../node/api/client.ts";
import { backboneRoutes } from "../../node/backbone/api.ts";
import { createIdentity } from "../../node/core/identity/index.ts";
import { createOverlay, type Overlay } from "../../node/core/overlay/index.ts";
import { type NodeRecord, type SignedRecord, verifyRecord } from "../../node/core/records/index.ts";
import { discoveryRoutes } from "../../node/services/discovery/api.ts";
import { throughputRoutes } from "../../node/services/throughput/api.ts";
import { buildDaemon } from "../../scripts/build.ts";
import { inParallel } from "../../scripts/network/in-parallel.ts";
import {
  type DaemonLaunch,
  type Member,
  type Network,
  type RunningNode,
  startNetwork,
  untilAllFound,
} from "../../scripts/network/index.ts";
import { meshOf } from "../../scripts/network/members.ts";
import { charging } from "../harness/charging.ts";
import { overlayConfig } from "../harness/overlay-config.ts";
import { until } from "../harness/until.ts";

/** Small enough for `npm test`; `npm run lab -- faults` makes it 50. */
const size = Number(process.env.SHADOWMESH_FAULTS_NODES ?? 12);
/** What a user waits for at the most until the mesh has mended itself. */
export const mendMs = 60_000 + 2_000 * size;
/** How long the chain is away at the least. */
export const chainAwayMs = size < 50 ? 0 : 5 * 60_000;

let network: Network | undefined;
let folder: string | undefined;

/** One mesh of real processes for all faults; each test leaves it whole, also one that fails. Call it inside a `describe`. */
export function faultMesh(): () => Network {
  before(async function () {
    this.timeout(300_000 + 5_000 * size);
    if (network !== undefined) return;
    await buildDaemon();
    folder = await mkdtemp(join(tmpdir(), "shadowmesh-faults-"));
    const onStep = (step: string) => console.log(`      › ${step}`);
    // As on an ordinary chain: 50 nodes that look twice a second would keep a processor busy.
    const pollIntervalMs = size < 50 ? 500 : 2_000;
    network = await startNetwork({
      folder,
      members: meshOf(size),
      anyPorts: true,
      pollIntervalMs,
      // From the start: each time that relays go and come, everybody else announces itself anew.
      launch: charging,
      onStep,
    });
  });
  afterEach(async function () {
    if (this.currentTest?.state !== "failed" || network === undefined) return;
    this.timeout(5 * mendMs);
    const { isRunning } = network;
    const all = network.members.map(({ name }) => name);
    await startAll(
      network,
      all.filter((name) => !isRunning(name)),
    );
    await untilWell(network, all);
  });
  return () => {
    if (network === undefined) throw new Error("the mesh runs during the tests of its `describe`");
    return network;
  };
}

// At the root of all suites, so once, after the last of them.
after(async function () {
  this.timeout(120_000);
  await network?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

const chainStatePath = () => join(folder ?? "", "chain.json");
/** The history of the chain, which has to be stopped. */
export const readChainState = (): Promise<Buffer> => readFile(chainStatePath());
export const writeChainState = (state: Buffer): Promise<void> => writeFile(chainStatePath(), state);

export const ofType = ({ members }: Network, ...types: Member["type"][]): string[] =>
  members.filter(({ type }) => types.includes(type)).map(({ name }) => name);

/**
 * Each of these nodes looks up and reaches the next ones, as their owners would: at the first attempt, or, where fifty
 * share this machine's processors, at a later one.
 */
export async function expectReached(network: Network, names: readonly string[], each = 2): Promise<void> {
  for (const [index, name] of names.entries()) {
    for (let step = 1; step <= each; step++) {
      const target = network.node(names[(index + step) % names.length] as string);
      await (size < 50 ? expectPing : untilPing)(network.node(name), target);
    }
  }
}

/** A look-up finds the node's own record of now, and a ping reaches it. */
export async function expectPing(from: RunningNode, to: RunningNode): Promise<void> {
  const found = await from.client.call(discoveryRoutes.lookup, { peerId: to.peerId });
  expect(found.peerId).to.equal(to.peerId);
  const { roundTripsMs } = await from.client.call(throughputRoutes.ping, { peerId: to.peerId, count: 1 });
  expect(roundTripsMs, `${from.name} to ${to.name}`).to.have.length(1);
}

/** As `expectPing`; on a machine with much else to do at a later attempt. */
export async function untilPing(from: RunningNode, to: RunningNode): Promise<void> {
  const attempt = () =>
    expectPing(from, to).then(
      () => "reached",
      (error: unknown) => `${from.name} to ${to.name}: ${error}`,
    );
  await until(attempt, (outcome) => outcome === "reached", mendMs);
}

/** Of the public APIs of all backbones that nodes have signed in at. */
export async function backboneUrls(network: Network): Promise<string[]> {
  const statuses = await Promise.all(network.members.map(({ name }) => network.node(name).status()));
  return [...new Set(statuses.flatMap(({ backbone }) => backbone?.url ?? []))];
}

/** Starts these nodes on their data folders, as many at once as this machine starts sooner than one after the other. */
export async function startAll(network: Network, names: readonly string[], launch?: DaemonLaunch): Promise<void> {
  await inParallel(4, names, async (name) => {
    await network.startNode(name, launch);
  });
}

/** Waits until each of these nodes is found by others again. */
export async function untilWell(network: Network, names: readonly string[], limitMs = mendMs): Promise<void> {
  await untilAllFound(
    names.map((name) => network.node(name)),
    limitMs,
  );
}

/** Until a private node is reachable through relays that run. */
export async function untilRelayed(node: RunningNode, alive: ReadonlySet<Hex>): Promise<void> {
  const relays = async () => (await node.status()).overlay.relays;
  await until(relays, (ids) => ids.length > 0 && ids.every((id) => alive.has(id)), mendMs);
}

/** A peer in this process whom the contract does not know, and who can dial everybody; its caller stops it. */
export async function startStranger(network: Network): Promise<Overlay> {
  const stranger = await createOverlay(overlayConfig({ listen: [], dataPort: null, maxConnections: 100 }), {
    identity: createIdentity(randomBytes(32)),
    verifyRecord: verifier(network),
    now: Date.now,
    log: pino({ level: "silent" }),
  });
  await stranger.start(AbortSignal.timeout(60_000));
  return stranger;
}

/** What proves records of this mesh. */
export const verifier =
  ({ nexusAddress }: Network) =>
  (signed: SignedRecord): Promise<NodeRecord> =>
    verifyRecord(signed, { domain: { chainId: 31337, nexusAddress }, nowMs: Date.now() });

/** A node's record as the backbone has it to which the node announces itself. */
export async function signedRecordOf(node: RunningNode): Promise<SignedRecord> {
  const { backbone } = await node.status();
  const client = createClient({ baseUrl: backbone?.url ?? "" });
  const { record } = await client.call(backboneRoutes.lookup, { peer_id: node.peerId });
  if (record === null) throw new Error(`the backbone has no record of ${node.name}`);
  return record;
}
