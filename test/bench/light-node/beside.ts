import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { buildDaemon, bundle } from "../../../scripts/build.ts";
import { type Network, newcomer, startNetwork } from "../../../scripts/network/index.ts";
import { type Child, ready, startChild } from "../../../scripts/network/process.ts";
import { residentMB } from "../process-stats.ts";

// A light node of a real mesh beside a bare js-libp2p node and an empty process, for the benchmarks of what it is to have one.

/** The daemon that is measured: a registered LIGHT_PUBLIC node, which listens, serves the DHT and relays. */
const measured = "public-1";

export const peer =
  "bare js-libp2p (tcp, noise, yamux, identify, ping, kad-dht), bundled the same way, dialling one bootstrap";
export const limit = "an empty Node process";

export const kinds = ["ours", "peer", "limit"] as const;
export type Of<T> = Record<(typeof kinds)[number], T>;

/** A process that has joined. */
export interface Started {
  pid: number;
  readyMs: number;
  joinedMs: number;
  rssMB: number;
  stop(): Promise<void>;
}

/** Boots the mesh, and has `use` start the three; `env` is what our daemon has beside its own. */
export async function besideOthers<T>(
  onStep: (step: string) => void,
  env: Readonly<Record<string, string>>,
  use: (starts: Of<() => Promise<Started>>) => Promise<T>,
): Promise<T> {
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
    return await use({
      ours: () => startOurs(network, env),
      peer: () => startProgram([programs.peer, address], join(folder, "peer.log")),
      limit: () => startProgram([programs.empty], join(folder, "empty.log")),
    });
  } finally {
    await bootstrap.stop();
    await network.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A daemon, watched from outside: its ready message, then its status, until the step `joined` is done. */
async function startOurs(network: Network, env: Readonly<Record<string, string>>): Promise<Started> {
  const startedAt = performance.now();
  const node = await network.startNode(measured, { env });
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
