import { daemonRoutes, type NodeStatus } from "../../node/api/daemon.ts";
import type { Member } from "../network/members.ts";
import { clientOf, foldersOf, type Lab, nodeFolder } from "./lab.ts";
import { residentBytes, runningPids } from "./processes.ts";

/** How far a node is: no process, no answer, the steps of its way, or all of them done. */
export type NodeState = "dead" | "silent" | "unregistered" | "registered" | "joined" | "authenticated" | "found";

export interface NodeHealth {
  readonly name: string;
  readonly type: Member["type"];
  readonly region: string;
  readonly pid: number | null;
  readonly state: NodeState;
  /** Why it is no further. */
  readonly detail: string | null;
  readonly peerId: string | null;
  readonly reachability: NodeStatus["overlay"]["reachability"] | null;
  readonly backbone: string | null;
  readonly relays: number;
  readonly peers: number;
  readonly memoryMB: number;
}

export interface LabHealth {
  readonly found: number;
  readonly total: number;
  readonly chain: { readonly running: boolean; readonly memoryMB: number };
  readonly memoryMB: number;
  readonly nodes: readonly NodeHealth[];
}

const answerTimeoutMs = 3_000;

/** Asks every node how it is. */
export async function readHealth(lab: Lab): Promise<LabHealth> {
  const pids = await runningPids(foldersOf(lab));
  const memory = await residentBytes([...pids.values()]);
  const megabytes = (pid: number | undefined) => Math.round((memory.get(pid ?? -1) ?? 0) / 1e6);
  const chainPid = pids.get(lab.folder);
  const nodes = await Promise.all(
    lab.members.map(async (member): Promise<NodeHealth> => {
      const pid = pids.get(nodeFolder(lab, member.name));
      const status = pid === undefined ? null : await ask(lab, member.name);
      return describe(member, pid, status, megabytes(pid));
    }),
  );
  return {
    found: nodes.filter(({ state }) => state === "found").length,
    total: nodes.length,
    chain: { running: chainPid !== undefined, memoryMB: megabytes(chainPid) },
    memoryMB: megabytes(chainPid) + nodes.reduce((sum, { memoryMB }) => sum + memoryMB, 0),
    nodes,
  };
}

async function ask(lab: Lab, name: string): Promise<NodeStatus | null> {
  try {
    const client = await clientOf(lab, name);
    return await client.call(daemonRoutes.status, {}, { signal: AbortSignal.timeout(answerTimeoutMs) });
  } catch {
    return null;
  }
}

function describe(member: Member, pid: number | undefined, status: NodeStatus | null, memoryMB: number): NodeHealth {
  const { name, type, region } = member;
  const open = status?.progress.find(({ state }) => state !== "done");
  return {
    name,
    type,
    region,
    pid: pid ?? null,
    state: pid === undefined ? "dead" : stateOf(status),
    detail: open?.detail ?? null,
    peerId: status?.peerId ?? null,
    reachability: status?.overlay.reachability ?? null,
    backbone: status?.backbone?.url ?? null,
    relays: status?.overlay.relays.length ?? 0,
    peers: status?.overlay.connectedPeers ?? 0,
    memoryMB,
  };
}

function stateOf(status: NodeStatus | null): NodeState {
  if (status === null) return "silent";
  const done = status.progress.filter(({ state }) => state === "done").map(({ step }) => step);
  return done.at(-1) ?? "unregistered";
}
