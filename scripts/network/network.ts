import type { Address } from "viem";
import { type DevChain, startDevChain } from "./chain.ts";
import { type DaemonLaunch, type RunningNode, startDaemonProcess, untilAllFound } from "./daemon-process.ts";
import { adminPageAt, layFoundation } from "./foundation.ts";
import { inParallel } from "./in-parallel.ts";
import { type IssuerProcess, startIssuerProcess } from "./issuer/process.ts";
import { crowdedBackbone, members as devnet, type Member } from "./members.ts";
import { type NodeFolderConfig, prepareNodeFolder } from "./node-folder.ts";

/** The newcomer's own node, beside the members. */
export const newcomer = "you";

/** Beside the overlay's defaults of 4100 to 4102, so that a further node fits on this machine as it comes. */
const rememberedPorts = {
  chain: 8545,
  "backbone:backbone": 7780,
  issuer: 7790,
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

export interface NetworkConfig {
  /** State of chain and members, such as `.shadowmesh/devnet`. */
  folder: string;
  /** The newcomer's data folder, such as `.shadowmesh/node`; without one there is no newcomer. */
  newcomerFolder?: string;
  /** @default one backbone, two public nodes and a private one */
  members?: readonly Member[];
  /** Take any free ports rather than the ones that people remember, so that many networks fit on one machine. @default false */
  anyPorts?: boolean;
  /** How often nodes look for new blocks, in milliseconds. @default that of the foundation */
  pollIntervalMs?: number;
  /** How long an epoch of scores lasts, in seconds. @default that of the foundation */
  epochLengthS?: bigint;
  /** Whether an issuer runs beside the members, at which the backbones' admin signs in. @default false */
  issuer?: boolean;
  /** Options of every backbone, beside those that the mesh needs. */
  backbone?: NodeFolderConfig["backbone"];
  /** How the members' processes are started. */
  launch?: DaemonLaunch;
  /** Told before each step. */
  onStep(step: string): void;
}

export interface Network {
  readonly chain: DevChain;
  readonly nexusAddress: Address;
  readonly relayPaymentsAddress: Address;
  readonly members: readonly Member[];
  node(name: string): RunningNode;
  isRunning(name: string): boolean;
  /** Base URL of a backbone's public API. */
  backboneUrl(name: string): string;
  /** The issuer that admins sign in at; null without one. */
  readonly issuer: IssuerProcess | null;
  /** Starts the issuer anew after it was stopped. */
  startIssuer(): Promise<void>;
  /** Ends a node's process; `signal` SIGKILL is a crash. */
  stopNode(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Starts a node that was stopped, on its data folder. */
  startNode(name: string, launch?: DaemonLaunch): Promise<RunningNode>;
  /** Adds an unregistered node that nobody can dial. */
  addNode(name: string): Promise<RunningNode>;
  stopChain(): Promise<void>;
  startChain(): Promise<void>;
  stop(): Promise<void>;
}

/** Daemons that start at once: more would only wait for each other's processor. */
const startsAtOnce = 4;

/** Boots the whole mesh of real processes, or resumes it: for people behind `npm start`, and for the tests. */
export async function startNetwork(config: NetworkConfig): Promise<Network> {
  const { folder, newcomerFolder, onStep, members = devnet } = config;
  const foundation = await layFoundation({
    folder,
    members,
    newcomer: newcomerFolder === undefined ? undefined : { name: newcomer, folder: newcomerFolder },
    preferredPorts: config.anyPorts ? {} : rememberedPorts,
    // All its nodes share one address here, for which the limits are not meant.
    backbone: { ...(members.length > devnet.length ? crowdedBackbone : {}), ...config.backbone },
    pollIntervalMs: config.pollIntervalMs,
    epochLengthS: config.epochLengthS,
    issuer: config.issuer,
    chain: { accounts: Math.max(10, ...members.map(({ operator }) => operator + 1)) },
    onStep,
  });
  const { nexusAddress, relayPaymentsAddress, auditAnchorsAddress } = foundation;
  let chain = foundation.chain;
  const nodes = new Map<string, RunningNode>();

  const startNode = async (name: string, launch = config.launch): Promise<RunningNode> => {
    await foundation.releasePortsOf(name);
    const node = await startDaemonProcess(name, foundation.folderOf(name), launch);
    nodes.set(name, node);
    return node;
  };

  const { numbers } = foundation.ports;
  const backbonePort = (name: string) => numbers[`backbone:${name}`] ?? 0;
  let issuer: IssuerProcess | null = null;
  const startIssuer = async (): Promise<IssuerProcess> => {
    await foundation.ports.release("issuer");
    const backbones = members.filter(({ type }) => type === "backbone_auth");
    const pageUrls = backbones.map(({ name }) => adminPageAt(backbonePort(name)));
    return startIssuerProcess(folder, numbers.issuer ?? 0, pageUrls);
  };

  const batches = startOrder(members, newcomerFolder === undefined ? [] : [newcomer]);

  const stop = async () => {
    // The backbones last: who ends says so to them.
    const first = new Set(batches[0]);
    for (const batch of [[...nodes.keys()].filter((name) => !first.has(name)), [...first]]) {
      await Promise.all(batch.map((name) => nodes.get(name)?.process.stop()));
    }
    await issuer?.stop();
    await chain.stop();
    await foundation.ports.releaseAll();
  };

  try {
    // It is waited for at the end: nobody needs it before.
    if (config.issuer) issuer = await startIssuer();
    // A backbone first: who starts before it would only wait.
    for (const batch of batches) {
      await inParallel(startsAtOnce, batch, async (name) => {
        onStep(name === newcomer ? "starting your own node" : `starting ${name}`);
        await startNode(name);
      });
    }
    onStep("waiting until the members find each other");
    await untilAllFound(
      members.map(({ name }) => nodes.get(name)),
      60_000 + 2_000 * members.length,
    );
    await issuer?.ready;

    return {
      get chain() {
        return chain;
      },
      nexusAddress,
      relayPaymentsAddress,
      members,
      node(name) {
        const node = nodes.get(name);
        if (node === undefined) throw new Error(`no node called ${name} runs`);
        return node;
      },
      isRunning: (name) => nodes.has(name),
      backboneUrl: (name) => `http://127.0.0.1:${backbonePort(name)}`,
      get issuer() {
        return issuer;
      },
      async startIssuer() {
        issuer = await startIssuer();
        await issuer.ready;
      },
      async stopNode(name, signal) {
        const node = nodes.get(name);
        nodes.delete(name);
        if (signal === "SIGKILL") node?.process.process.kill(signal);
        await node?.process.stop();
      },
      startNode,
      async addNode(name) {
        const values = {
          chain: { rpcUrl: chain.rpcUrl, nexusAddress, relayPaymentsAddress, auditAnchorsAddress },
          overlayPort: null,
          apiPort: 0,
          backbone: null,
        };
        await prepareNodeFolder(foundation.folderOf(name), values);
        return startNode(name);
      },
      stopChain: () => chain.stop(),
      async startChain() {
        chain = await startDevChain(folder, foundation.ports.numbers.chain ?? 0);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The names in the batches that they start in, backbones first. */
function startOrder(members: readonly Member[], others: readonly string[]): [string[], string[]] {
  const namesOf = (backbone: boolean) =>
    members.filter(({ type }) => (type === "backbone_auth") === backbone).map(({ name }) => name);
  return [namesOf(true), [...namesOf(false), ...others]];
}
