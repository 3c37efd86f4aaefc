import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import type { Address, Hex } from "viem";
import type { Client } from "../../node/api/client.ts";
import { daemonRoutes, type NodeStatus } from "../../node/api/daemon.ts";
import { connectDaemon } from "../../node/api-key.ts";
import { createChain } from "../../node/core/chain/index.ts";
import { deployNodeNexus } from "../deploy/index.ts";
import { root } from "../root.ts";
import { type DevChain, startDevChain } from "./chain.ts";
import { accounts, type Member, members } from "./members.ts";
import { type NodeFolderConfig, prepareNodeFolder } from "./node-folder.ts";
import { allocatePorts, type Ports } from "./ports.ts";
import { type Child, ready, startChild } from "./process.ts";
import { ensureRegistered } from "./registrar.ts";

/** The newcomer's own node, beside the members. */
export const newcomer = "you";

/** Beside the defaults of 4100 and 4101, so that a further node fits on this machine as it comes. */
const preferredPorts = {
  chain: 8545,
  backboneApi: 7780,
  "overlay:backbone": 4110,
  "overlay:public-1": 4111,
  "overlay:public-2": 4112,
  "overlay:you": 4113,
  "api:backbone": 7781,
  "api:public-1": 7782,
  "api:public-2": 7783,
  "api:private": 7784,
  "api:you": 7700,
};
type PortName = keyof typeof preferredPorts;
const portNames = Object.keys(preferredPorts) as PortName[];

export interface NetworkConfig {
  /** State of chain and members, such as `.shadowmesh/devnet`. */
  folder: string;
  /** The newcomer's data folder, such as `.shadowmesh/node`. */
  newcomerFolder: string;
  /** Take any free ports rather than the ones that people remember, so that many networks fit on one machine. @default false */
  anyPorts?: boolean;
  /** Told before each step. */
  onStep(step: string): void;
}

/** A daemon in its own process. */
export interface RunningNode {
  readonly name: string;
  readonly folder: string;
  readonly peerId: Hex;
  readonly url: string;
  readonly client: Client;
  readonly process: Child;
  status(): Promise<NodeStatus>;
}

export interface Network {
  readonly chain: DevChain;
  readonly nexusAddress: Address;
  node(name: string): RunningNode;
  /** Ends a node's process; `signal` SIGKILL is a crash. */
  stopNode(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Starts a node that was stopped, on its data folder. */
  startNode(name: string): Promise<RunningNode>;
  /** Adds an unregistered node that nobody can dial. */
  addNode(name: string): Promise<RunningNode>;
  stopChain(): Promise<void>;
  startChain(): Promise<void>;
  stop(): Promise<void>;
}

/** Boots the whole mesh of real processes, or resumes it: for people behind `npm start`, and for the tests. */
export async function startNetwork(config: NetworkConfig): Promise<Network> {
  const { folder, onStep } = config;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const preferred = config.anyPorts ? {} : preferredPorts;
  const ports = await allocatePorts(join(folder, "ports.json"), portNames, preferred);
  const nodes = new Map<string, RunningNode>();
  const folderOf = (name: string) => (name === newcomer ? config.newcomerFolder : join(folder, name));

  onStep("starting the chain");
  await ports.release("chain");
  let chain = await startDevChain(folder, ports.numbers.chain);

  const startNode = async (name: string): Promise<RunningNode> => {
    await ports.release(...portsUsedBy(name));
    const node = await startDaemonProcess(name, folderOf(name));
    nodes.set(name, node);
    return node;
  };

  const stop = async () => {
    for (const node of [...nodes.values()].reverse()) await node.process.stop();
    await chain.stop();
    await ports.releaseAll();
  };

  try {
    onStep("deploying NodeNexus, if it is not there");
    const operator = chain.account(members[0].operator).address;
    const { nodeNexus: nexusAddress } = await deployNodeNexus({
      rpcUrl: chain.rpcUrl,
      account: chain.account(accounts.governance),
      parameters: { unbondingPeriodS: 120n },
      deploymentFile: join(folder, "deployment.json"),
      ifStale: "redeploy",
      backboneOperators: [operator],
    });
    await registerMembers(config, chain, nexusAddress, ports.numbers);
    for (const { name } of [...members, { name: newcomer }]) {
      onStep(name === newcomer ? "starting your own node" : `starting ${name}`);
      await startNode(name);
    }
    onStep("waiting until the members find each other");
    await Promise.all(members.map(({ name }) => untilFound(nodes.get(name))));

    return {
      get chain() {
        return chain;
      },
      nexusAddress,
      node(name) {
        const node = nodes.get(name);
        if (node === undefined) throw new Error(`no node called ${name} runs`);
        return node;
      },
      async stopNode(name, signal) {
        const node = nodes.get(name);
        nodes.delete(name);
        if (signal === "SIGKILL") node?.process.process.kill(signal);
        await node?.process.stop();
      },
      startNode,
      async addNode(name) {
        const config = { chain: { rpcUrl: chain.rpcUrl, nexusAddress }, overlayPort: null, apiPort: 0 };
        await prepareNodeFolder(folderOf(name), config);
        return startNode(name);
      },
      stopChain: () => chain.stop(),
      async startChain() {
        chain = await startDevChain(folder, ports.numbers.chain);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function registerMembers(
  config: NetworkConfig,
  devChain: DevChain,
  nexusAddress: Address,
  ports: Ports<PortName>["numbers"],
): Promise<void> {
  const { rpcUrl } = devChain;
  const chainConfig = { rpcUrl, chainId: 31337, nexusAddress, pollIntervalMs: 500 };
  const chain = createChain(chainConfig, { log: pino({ level: "silent" }) });
  await chain.start(AbortSignal.timeout(10_000));
  try {
    chain.requireConnected();
    for (const member of members as readonly Member[]) {
      const backbone = member.type === "backbone_auth";
      const identity = await prepareNodeFolder(join(config.folder, member.name), {
        ...portsOf(member.name, ports),
        chain: { rpcUrl, nexusAddress },
        overlayPort: member.dialable ? ports[`overlay:${member.name}` as PortName] : null,
        ...(backbone ? { backbonePort: ports.backboneApi } : {}),
      });
      config.onStep(`registering ${member.name} (${member.type} in ${member.region}), if it is not`);
      const endpoint = backbone ? `http://127.0.0.1:${ports.backboneApi}` : null;
      await ensureRegistered(chain, member, identity, devChain.account(member.operator), endpoint);
    }
    await prepareNodeFolder(config.newcomerFolder, { ...portsOf(newcomer, ports), chain: { rpcUrl, nexusAddress } });
  } finally {
    await chain.stop();
  }
}

/** The names of a node's ports. */
function portsUsedBy(name: string): PortName[] {
  const own = portNames.filter((port) => port.endsWith(`:${name}`));
  return name === members[0].name ? [...own, "backboneApi"] : own;
}

function portsOf(name: string, ports: Ports<PortName>["numbers"]): Pick<NodeFolderConfig, "overlayPort" | "apiPort"> {
  return { overlayPort: ports[`overlay:${name}` as PortName] ?? null, apiPort: ports[`api:${name}` as PortName] };
}

async function startDaemonProcess(name: string, folder: string): Promise<RunningNode> {
  const logPath = join(folder, "daemon.log");
  const child = startChild([join(root, "dist", "shadowmesh", "main.js"), "up", "--data", folder], { logPath });
  await ready(child, `the daemon ${name}`, logPath);
  const { url, client } = await connectDaemon(folder);
  const status = () => client.call(daemonRoutes.status, {});
  return { name, folder, url, client, process: child, status, peerId: (await status()).peerId };
}

/** Resolves when every step of a node's way is done. */
export async function untilFound(node: RunningNode | undefined, timeoutMs = 60_000): Promise<void> {
  if (node === undefined) throw new Error("no such node runs");
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { progress } = await node.status();
    if (progress.every(({ state }) => state === "done")) return;
    if (Date.now() > deadline) {
      const open = progress.filter(({ state }) => state !== "done").map(({ step, detail }) => `${step}: ${detail}`);
      throw new Error(`${node.name} was not found by others in ${timeoutMs / 1000} s (${open.join("; ")})`);
    }
    await delay(200);
  }
}
