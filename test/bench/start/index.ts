import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { buildDaemon, bundle } from "../../../scripts/build.ts";
import { type Network, newcomer, startNetwork } from "../../../scripts/network/index.ts";
import { type Child, ready, startChild } from "../../../scripts/network/process.ts";
import { type Bench, type Figure, median } from "../figures.ts";
import { cpuPercent, residentMB } from "../process-stats.ts";

const runs = 7;
/** From joined until memory is read: what the start left behind has been collected by then, in all three. */
const settleMs = 10_000;
const idleMs = 30_000;
/** The daemon that is measured: a registered LIGHT_PUBLIC node, which listens, serves the DHT and relays. */
const measured = "public-1";

export const bench: Bench = {
  title: "from process start to joined, memory and idle CPU of a registered light node",
  peer: "bare js-libp2p (tcp, noise, yamux, identify, ping, kad-dht), bundled the same way, dialling one bootstrap",
  limit: "an empty Node process",
  async run(onStep) {
    const folder = await mkdtemp(join(tmpdir(), "shadowmesh-bench-"));
    const programs = await bundlePrograms(folder, onStep);
    onStep("booting a mesh: chain, backbone, two public nodes, a private one");
    const network = await startNetwork({
      folder: join(folder, "devnet"),
      newcomerFolder: join(folder, "node"),
      // As on a real mesh: those of the development network are for people who watch it, and each probe is a handshake.
      pollIntervalMs: 2_000,
      epochLengthS: 3_600n,
      onStep: () => undefined,
    });
    const bootstrap = startChild([programs.peer], { logPath: join(folder, "bootstrap.log") });
    try {
      for (const name of [newcomer, measured]) await network.stopNode(name);
      const { address } = await ready<{ address: string }>(bootstrap, "the bootstrap", join(folder, "bootstrap.log"));
      const starts: Of<Start> = {
        ours: () => startOurs(network),
        peer: () => startProgram([programs.peer, address], join(folder, "peer.log")),
        limit: () => startProgram([programs.empty], join(folder, "empty.log")),
      };
      return await measure(starts, onStep);
    } finally {
      await bootstrap.stop();
      await network.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const kinds = ["ours", "peer", "limit"] as const;
type Of<T> = Record<(typeof kinds)[number], T>;
type Start = () => Promise<Started>;

/** A process that has joined. */
interface Started {
  pid: number;
  readyMs: number;
  joinedMs: number;
  rssMB: number;
  stop(): Promise<void>;
}

async function measure(starts: Of<Start>, onStep: (step: string) => void): Promise<Figure[]> {
  const started: Of<Started[]> = { ours: [], peer: [], limit: [] };
  for (let run = 1; run <= runs; run++) {
    onStep(`start ${run} of ${runs}, ours and the others' in turn`);
    for (const kind of kinds) {
      const process = await starts[kind]();
      started[kind].push(process);
      await process.stop();
    }
  }
  onStep(`memory and idle CPU over ${idleMs / 1000} s, ours and the others' at once`);
  const [ours, peer, limit] = await Promise.all(kinds.map((kind) => observe(starts[kind])));
  const idle = { ours, peer, limit } as Of<Idle>;

  const overRuns = (of: (started: Started) => number, over: (values: number[]) => number) => ({
    ours: over(started.ours.map(of)),
    peer: over(started.peer.map(of)),
    limit: over(started.limit.map(of)),
  });
  const ofIdle = (key: keyof Idle) => ({ ours: idle.ours[key], peer: idle.peer[key], limit: idle.limit[key] });
  const joined = overRuns(({ joinedMs }) => joinedMs, median);
  const slowest = overRuns(
    ({ joinedMs }) => joinedMs,
    (values) => Math.max(...values),
  );
  const { ours: apiReady } = overRuns(({ readyMs }) => readyMs, median);
  const rssAtJoin = overRuns(({ rssMB }) => rssMB, median);
  return [
    { key: "joined", unit: "Ms", title: `joined, median of ${runs}`, ...joined, floor: 5_000, aim: 1_500 },
    { key: "joinedSlowest", unit: "Ms", title: "joined, slowest", ...slowest, floor: 5_000 },
    { key: "apiReady", unit: "Ms", title: "local API answers", ours: apiReady },
    { key: "rssAtJoin", unit: "MB", title: "memory (RSS) when joined", ...rssAtJoin, floor: 500 },
    { key: "rss", unit: "MB", title: "memory (RSS), idle", ...ofIdle("rssMB"), floor: 500, aim: 120 },
    { key: "idleCpu", unit: "Percent", title: "idle CPU, of one core", ...ofIdle("cpuPercent"), floor: 20 },
  ];
}

interface Idle {
  rssMB: number;
  cpuPercent: number;
}

async function observe(start: Start): Promise<Idle> {
  const { pid, stop } = await start();
  try {
    await delay(settleMs);
    const cpu = await cpuPercent(pid, idleMs);
    return { rssMB: await residentMB(pid), cpuPercent: cpu };
  } finally {
    await stop();
  }
}

/** A daemon, watched from outside: its ready message, then its status, until the step `joined` is done. */
async function startOurs(network: Network): Promise<Started> {
  const startedAt = performance.now();
  const node = await network.startNode(measured);
  const readyMs = performance.now() - startedAt;
  for (;;) {
    const { progress } = await node.status();
    if (progress.some(({ step, state }) => step === "joined" && state === "done")) break;
    if (performance.now() - startedAt > 60_000) throw new Error("the daemon did not join within 60 s");
    await delay(10);
  }
  const joinedMs = performance.now() - startedAt;
  return started(node.process, { readyMs, joinedMs }, () => network.stopNode(measured));
}

/** A program that tells when it has joined. */
async function startProgram(args: readonly string[], logPath: string): Promise<Started> {
  const startedAt = performance.now();
  const child = startChild(args, { logPath });
  await ready(child, "the peer", logPath);
  const joinedMs = performance.now() - startedAt;
  return started(child, { readyMs: joinedMs, joinedMs }, () => child.stop());
}

async function started(
  { process }: Child,
  times: { readyMs: number; joinedMs: number },
  stop: () => Promise<void>,
): Promise<Started> {
  const pid = process.pid ?? Number.NaN;
  return { ...times, pid, rssMB: await residentMB(pid), stop };
}

/** Bundles ours and the peer's alike, and writes the empty program. */
async function bundlePrograms(folder: string, onStep: (step: string) => void) {
  onStep("bundling the daemon and the peer");
  await buildDaemon();
  await bundle([join(import.meta.dirname, "libp2p-peer.ts")], folder);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  const empty = join(folder, "empty.js");
  await writeFile(empty, 'process.send({ type: "joined" });\nprocess.on("disconnect", () => process.exit());\n');
  return { peer: join(folder, "libp2p-peer.js"), empty };
}
