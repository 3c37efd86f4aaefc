import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Hex } from "viem";
import type { Client } from "../../node/api/client.ts";
import { daemonRoutes, type NodeStatus } from "../../node/api/daemon.ts";
import { apiKeyPath, connectDaemon } from "../../node/api-key.ts";
import { root } from "../root.ts";
import { type Child, ready, startChild } from "./process.ts";

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

/** How a daemon's process differs from one that its owner starts. */
export interface DaemonLaunch {
  /** Arguments of Node itself, such as `--import`. */
  readonly nodeArgs?: readonly string[];
  /** Environment beside ours. */
  readonly env?: Readonly<Record<string, string>>;
}

const program = join(root, "dist", "shadowmesh", "main.js");
/** For what hangs: a machine with other work to do may take a minute for a backbone. */
const startTimeoutMs = 180_000;

/** Starts the bundled daemon on a data folder; resolves once its API answers. */
export async function startDaemonProcess(
  name: string,
  folder: string,
  { nodeArgs = [], env }: DaemonLaunch = {},
): Promise<RunningNode> {
  const logPath = join(folder, "daemon.log");
  const child = startChild([...nodeArgs, program, "up", "--data", folder], { logPath, env });
  try {
    await ready(child, `the daemon ${name}`, logPath, startTimeoutMs);
    const { url, client } = await connectDaemon(folder);
    const status = () => client.call(daemonRoutes.status, {});
    return { name, folder, url, client, process: child, status, peerId: (await status()).peerId };
  } catch (error) {
    // Its channel would keep us alive, and us it.
    await child.stop();
    throw error;
  }
}

/** As `startDaemonProcess`, but it outlives us; `onPid` hears its number at once. */
export async function startDetachedDaemon(name: string, folder: string, onPid: (pid: number) => void): Promise<void> {
  const logPath = join(folder, "daemon.log");
  // The file of an earlier run would lead to a port where nobody is, or somebody else.
  await rm(apiKeyPath(folder), { force: true });
  const child = startChild([program, "up", "--data", folder], { logPath, outlivesUs: true });
  if (child.process.pid !== undefined) onPid(child.process.pid);
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(folder))) {
    if (child.process.exitCode !== null || Date.now() > deadline) {
      await child.stop();
      throw new Error(`the daemon ${name} did not start; its log is ${logPath}`);
    }
    await delay(50);
  }
}

async function answers(folder: string): Promise<boolean> {
  try {
    await (await connectDaemon(folder)).client.call(daemonRoutes.health, {});
    return true;
  } catch {
    return false;
  }
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

/** As `untilFound`, for each of them; one after the other, for who is asked has less time to get there. */
export async function untilAllFound(nodes: readonly (RunningNode | undefined)[], timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (const node of nodes) await untilFound(node, Math.max(0, deadline - Date.now()));
}
