import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Hex } from "viem";
import type { NodeStatus } from "../../../node/api/daemon.ts";
import type { Why } from "../../../node/services/discovery/api.ts";
import { deployNodeNexus } from "../../deploy/index.ts";
import { startDevChain } from "../../network/chain.ts";
import { inParallel } from "../../network/in-parallel.ts";
import { accounts, crowdedBackbone, type Member } from "../../network/members.ts";
import { writeNodeFolder } from "../../network/node-folder.ts";
import { launch, ready } from "../../network/process.ts";
import { type PreparedMember, registerMembers } from "../../network/registrar.ts";
import { root } from "../../root.ts";
import { runCommand } from "../../run-command.ts";
import { createInternet, hubAddress, insideOf } from "./namespaces.ts";
import { routersOf, type Surrounding, surroundings } from "./surroundings.ts";

const overlayPort = 4100;
const backbonePort = 7780;
const relays = 2;
const joinTimeoutMs = 120_000;
/** A better rung than the first contact's is tried by itself, again where it fails once: packets may be late here. */
const settledAfterFailures = 2;
const settleTimeoutMs = 90_000;
const settleEveryMs = 2_000;
const program = join(root, "dist", "shadowmesh", "main.js");

export interface NatPair {
  readonly from: Surrounding;
  readonly to: Surrounding;
  /** The rung of the first contact, and the one in use once the better ones have been tried; null where it was not reached. */
  readonly firstPath: string | null;
  readonly path: string | null;
  /** From the look-up to the connection. */
  readonly connectMs: number | null;
  readonly roundTripMs: number | null;
  /** Why it is not on a better rung: the code of the last one tried before the one in use. */
  readonly reason: string | null;
  readonly error: string | null;
}

interface Machine {
  readonly member: Member;
  readonly folder: string;
  readonly peerId: Hex;
}

/** Boots a chain, a backbone, two relays and two nodes of each surrounding in namespaces, and tries every pair. */
export async function measureNatMatrix(
  folder: string,
  only: readonly Surrounding[],
  onStep: (step: string) => void,
): Promise<NatPair[]> {
  onStep("building the network namespaces");
  const internet = await createInternet();
  const machines = await bootMesh(folder, only, internet, onStep);

  onStep("waiting until every node is found");
  await inParallel(4, [...machines.values()], untilFound);
  onStep(`trying ${only.length} × ${only.length} pairs`);
  const pairs: NatPair[] = [];
  for (const from of only) {
    for (const to of only) pairs.push(await tryPair(machines, from, to));
    onStep(`${from}: ${pairs.slice(-only.length).map(({ path }) => path ?? "not reached")}`);
  }
  onStep("waiting until better rungs have been tried");
  for (const [index, pair] of pairs.entries()) {
    if (pair.path !== "direct" && pair.error === null) pairs[index] = await settle(machines, pair);
  }
  return pairs;
}

async function bootMesh(
  folder: string,
  only: readonly Surrounding[],
  internet: Awaited<ReturnType<typeof createInternet>>,
  onStep: (step: string) => void,
): Promise<Map<string, Machine>> {
  const members = membersOf(only);
  onStep("starting the chain");
  const chain = await startDevChain(folder, 8545, { host: hubAddress, accounts: members.length + 1 });
  const backbone = members.find(({ type }) => type === "backbone_auth") as Member;
  const { nodeNexus: nexusAddress } = await deployNodeNexus({
    rpcUrl: chain.rpcUrl,
    account: chain.account(accounts.governance),
    deploymentFile: join(folder, "deployment.json"),
    ifStale: "redeploy",
    backboneOperators: [chain.account(backbone.operator).address],
  });
  const prepared: PreparedMember[] = [];
  for (const member of members) {
    const own = await internet.addMachine(member.name, routersOf[surroundingOf(member)]);
    const isBackbone = member === backbone;
    const identity = await writeNodeFolder(join(folder, member.name), {
      chain: { rpcUrl: chain.rpcUrl, nexusAddress, chainId: 31337 },
      // Every interface, as is the default, where nobody can dial it: a node behind a NAT knows no better.
      overlay: { ...(member.dialable ? { listen: [`/ip6/${own}/tcp/${overlayPort}`] } : {}), mdns: false },
      api: { port: 0 },
      ...(isBackbone ? { backbone: { enabled: true, host: "::", port: backbonePort, ...crowdedBackbone } } : {}),
    });
    prepared.push({ member, identity, endpoint: isBackbone ? `http://[${own}]:${backbonePort}` : null });
  }
  await registerMembers(chain, nexusAddress, prepared, () => undefined);

  const machines = new Map<string, Machine>();
  const start = async ({ member, identity }: PreparedMember) => {
    const machine = { member, folder: join(folder, member.name), peerId: identity.peerId };
    const [command = "", ...prefix] = insideOf(member.name);
    const logPath = join(machine.folder, "daemon.log");
    const child = launch(command, [...prefix, process.execPath, program, "up", "--data", machine.folder], { logPath });
    await ready(child, `the daemon ${member.name}`, logPath);
    machines.set(member.name, machine);
    onStep(`started ${member.name} (${machines.size} of ${prepared.length})`);
  };
  await inParallel(1, prepared.slice(0, 1), start);
  await inParallel(4, prepared.slice(1), start);
  return machines;
}

/** A backbone first, the relays, and two machines of each surrounding, so that equals can meet. */
function membersOf(only: readonly Surrounding[]): Member[] {
  const common = { region: "europe", bandwidthMbps: 100 };
  const named = [
    { name: "backbone", type: "backbone_auth", dialable: true },
    ...Array.from({ length: relays }, (_, index) => ({
      name: `relay-${index + 1}`,
      type: "light_public",
      dialable: true,
    })),
    ...["a", "b"].flatMap((side) =>
      only.map((kind) => ({
        name: machineOf(kind, side),
        type: kind === "public" ? "light_public" : "light_private",
        dialable: kind === "public",
      })),
    ),
  ] as const;
  return named.map((member, index) => ({ ...common, ...member, operator: index + 1 }) as Member);
}

const machineOf = (kind: Surrounding, side: string) => `${kind}-${side}`;

function surroundingOf({ name }: Member): Surrounding {
  return surroundings.find((kind) => name.startsWith(`${kind}-`)) ?? "public";
}

async function untilFound(machine: Machine): Promise<void> {
  const deadline = Date.now() + joinTimeoutMs;
  for (;;) {
    const { progress } = await ask<NodeStatus>(machine, "status");
    const open = progress.find(({ state }) => state !== "done");
    if (open === undefined) return;
    if (Date.now() > deadline) throw new Error(`${machine.member.name} is not found by others: ${open.detail}`);
    await delay(500);
  }
}

interface Ping {
  path: string;
  connectMs: number;
  roundTripsMs: number[];
}

async function tryPair(machines: ReadonlyMap<string, Machine>, from: Surrounding, to: Surrounding): Promise<NatPair> {
  try {
    const { path, connectMs, roundTripsMs } = await ping(machines, from, to);
    const roundTripMs = Math.min(...roundTripsMs);
    return { from, to, firstPath: path, path, connectMs, roundTripMs, reason: null, error: null };
  } catch (error) {
    const reason = (error as Error).message;
    return { from, to, firstPath: null, path: null, connectMs: null, roundTripMs: null, reason: null, error: reason };
  }
}

/** Looks until the pair is on a better rung than a relay, or what is between has been tried and failed. */
async function settle(machines: ReadonlyMap<string, Machine>, pair: NatPair): Promise<NatPair> {
  const { source, target } = endsOf(machines, pair.from, pair.to);
  const deadline = Date.now() + settleTimeoutMs;
  try {
    for (;;) {
      const { path, rungs } = await ask<Why>(source, "why", target.peerId);
      const tried = rungs.find(({ rung }) => rung === "punched");
      const failures = tried?.attempts.filter(({ outcome }) => outcome === "failed").length ?? 0;
      const isRelayed = path?.rung === "relayed";
      if (isRelayed && failures < settledAfterFailures && Date.now() < deadline) await delay(settleEveryMs);
      else {
        const reason = isRelayed ? (tried?.code ?? null) : null;
        return { ...pair, path: path?.rung ?? null, roundTripMs: path?.roundTripMs ?? null, reason };
      }
    }
  } catch (error) {
    return { ...pair, path: null, error: (error as Error).message };
  }
}

function ping(machines: ReadonlyMap<string, Machine>, from: Surrounding, to: Surrounding): Promise<Ping> {
  const { source, target } = endsOf(machines, from, to);
  return ask<Ping>(source, "ping", target.peerId, "--count", "3");
}

function endsOf(machines: ReadonlyMap<string, Machine>, from: Surrounding, to: Surrounding) {
  const [source, target] = [machines.get(machineOf(from, "a")), machines.get(machineOf(to, "b"))];
  if (source === undefined || target === undefined) throw new Error("no such machine");
  return { source, target };
}

/** The command's answer, run inside the machine as its owner would. */
async function ask<T>({ member, folder }: Machine, ...args: string[]): Promise<T> {
  const [command = "", ...prefix] = insideOf(member.name);
  const call = [...prefix, process.execPath, program, ...args, "--json", "--data", folder];
  const { ok, output } = await runCommand(command, call, { timeoutMs: 60_000 });
  if (ok) return JSON.parse(output) as T;
  throw new Error(`${member.name}: ${output.trim()}`);
}
