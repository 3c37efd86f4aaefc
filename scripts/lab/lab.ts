import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { connectDaemon } from "../../node/api-key.ts";
import { lockFolder, writeFileAtomically } from "../../node/core/store/index.ts";
import { startDevChain } from "../network/chain.ts";
import { startDetachedDaemon } from "../network/daemon-process.ts";
import { layFoundation, portsFile } from "../network/foundation.ts";
import { inParallel } from "../network/in-parallel.ts";
import { crowdedBackbone, type Member, meshOf } from "../network/members.ts";
import { root } from "../root.ts";
import { endProcess, rememberPid, runningPids } from "./processes.ts";

/** What the lab is, kept in a file: each command reads it anew, so that none depends on another that still runs. */
export interface Lab {
  readonly folder: string;
  readonly members: readonly Member[];
  readonly chainPort: number;
  readonly rpcUrl: string;
}

/** A mistake of the user, told in one line. */
export class LabError extends Error {}

export const labFolder = join(root, ".shadowmesh", "lab");
const statePath = (folder: string) => join(folder, "lab.json");
/** Two processors start daemons no faster when more of them try. */
const startsAtOnce = 4;
/** Beside the ones that nodes' operators need. */
const governance = 1;

export const nodeFolder = (lab: Lab, name: string) => join(lab.folder, name);

/** @throws LabError where there is no lab */
export async function readLab(folder: string): Promise<Lab> {
  if (!existsSync(statePath(folder))) throw new LabError("there is no lab here; `npm run lab -- up 50` makes one");
  return { ...JSON.parse(await readFile(statePath(folder), "utf8")), folder };
}

/** Holds the lab for one command that changes it; the lock goes with the process, however that ends. */
export async function changing<T>(folder: string, change: () => Promise<T>): Promise<T> {
  let lock: ReturnType<typeof lockFolder>;
  try {
    lock = lockFolder(folder);
  } catch (cause) {
    throw new LabError("another lab command is at work; wait for it to end", { cause });
  }
  try {
    return await change();
  } finally {
    lock.release();
  }
}

/**
 * Sees to it that a folder holds nothing but a lab: whoever purges that removes the folder.
 *
 * @throws LabError where it holds anything else
 */
export async function expectOwnFolder(folder: string): Promise<void> {
  // A lock alone is of a command that ended right after it began.
  const names = (existsSync(folder) ? await readdir(folder) : []).filter((name) => !name.startsWith("daemon.lock"));
  if (names.length === 0 || names.includes(portsFile)) return;
  throw new LabError(`${folder} holds other things than a lab; name a folder that is empty, or not there`);
}

/** Makes the lab, or resumes the one of the same size. */
export async function startLab(folder: string, size: number, onStep: (step: string) => void): Promise<Lab> {
  const members = meshOf(size);
  if (existsSync(statePath(folder))) {
    const known = await readLab(folder);
    if (known.members.length !== size) {
      const was = known.members.length;
      throw new LabError(
        `there is a lab of ${was} nodes; end it with \`npm run lab -- down --purge\`, or \`up ${was}\``,
      );
    }
    if ((await runningPids(foldersOf(known))).size > 0) {
      await healLab(known, onStep);
      return known;
    }
  }
  const { chain, ports, releasePortsOf } = await layFoundation({
    folder,
    members,
    chain: { accounts: size + governance, outlivesUs: true },
    backbone: crowdedBackbone,
    // As on an ordinary chain: 50 nodes that look twice a second would keep a processor busy.
    pollIntervalMs: 2_000,
    onStep,
  });
  rememberPid(folder, chain.pid);
  const lab: Lab = { folder, members, chainPort: ports.numbers.chain ?? 0, rpcUrl: chain.rpcUrl };
  const { folder: _, ...state } = lab;
  await writeFileAtomically(statePath(folder), `${JSON.stringify(state, null, 2)}\n`);
  await startNodes(lab, members, onStep, releasePortsOf);
  return lab;
}

/** Starts what does not run. Returns the names of the nodes that it started. */
export async function healLab(lab: Lab, onStep: (step: string) => void): Promise<string[]> {
  const running = await runningPids(foldersOf(lab));
  if (!running.has(lab.folder)) {
    onStep("starting the chain");
    const accounts = lab.members.length + governance;
    const chain = await startDevChain(lab.folder, lab.chainPort, { accounts, outlivesUs: true });
    rememberPid(lab.folder, chain.pid);
  }
  const dead = lab.members.filter(({ name }) => !running.has(nodeFolder(lab, name)));
  await startNodes(lab, dead, onStep);
  return dead.map(({ name }) => name);
}

async function startNodes(
  lab: Lab,
  members: readonly Member[],
  onStep: (step: string) => void,
  beforeStart: (name: string) => Promise<void> = async () => undefined,
): Promise<void> {
  const isBackbone = ({ type }: Member) => type === "backbone_auth";
  let started = 0;
  // Backbones first: who starts before them would only wait.
  for (const batch of [members.filter(isBackbone), members.filter((member) => !isBackbone(member))]) {
    await inParallel(startsAtOnce, batch, async ({ name }) => {
      await beforeStart(name);
      const folder = nodeFolder(lab, name);
      await startDetachedDaemon(name, folder, (pid) => rememberPid(folder, pid));
      onStep(`started ${name} (${++started} of ${members.length})`);
    });
  }
}

/** Ends every process of the lab. Returns how many ran. */
export async function stopLab(lab: Lab): Promise<number> {
  const running = await runningPids(foldersOf(lab));
  // Backbones, the first of the members, last: who loses its own only looks for another.
  const nodes = [...running.keys()].filter((folder) => folder !== lab.folder).reverse();
  await inParallel(16, nodes, async (folder) => void (await endProcess(folder, "SIGTERM")));
  // At SIGINT anvil writes its state; last, since nodes that stop still ask it.
  await endProcess(lab.folder, "SIGINT");
  return running.size;
}

/** The chain's folder, and those of the nodes. */
export function foldersOf(lab: Lab): string[] {
  return [lab.folder, ...lab.members.map(({ name }) => nodeFolder(lab, name))];
}

export const clientOf = async (lab: Lab, name: string) => (await connectDaemon(nodeFolder(lab, name))).client;
