import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discoveryRoutes } from "../../../node/services/discovery/api.ts";
import { buildDaemon, bundle } from "../../../scripts/build.ts";
import { inParallel } from "../../../scripts/network/in-parallel.ts";
import { startNetwork } from "../../../scripts/network/index.ts";
import { meshOf } from "../../../scripts/network/members.ts";
import { type Child, ready, startChild } from "../../../scripts/network/process.ts";
import { type Bench, type Figure, median, percentile } from "../figures.ts";
import { untilQuiet } from "../process-stats.ts";

const nodes = 50;
const pairs = 200;
/** Of one core, by all of them: what fifty daemons take that have nothing to do, and a third on top. */
const quietPercent = 110;

export const bench: Bench = {
  title: `finding a node by its ID among ${nodes}, each in a process of its own, ${pairs} pairs`,
  peer: "js-libp2p findPeer (tcp, noise, yamux, kad-dht in server mode), as many processes",
  limit: "a GET over node:http on this machine: what asking anybody over HTTP takes at least",
  async run(onStep) {
    const folder = await mkdtemp(join(tmpdir(), "shadowmesh-bench-"));
    try {
      onStep(`a GET over node:http, ${pairs} times`);
      const limit = await measureHttp();
      const ours = await measureOurs(folder, onStep);
      const peer = await measurePeer(folder, onStep);
      const figure = (key: string, title: string, of: (times: Times) => number): Figure => ({
        key,
        unit: "Ms",
        title,
        ours: of(ours),
        peer: of(peer),
      });
      return [
        figure("coldP50", "first look-up, median", ({ cold }) => median(cold)),
        { ...figure("coldP95", "first look-up, p95", ({ cold }) => p95(cold)), limit: p95(limit), floor: 50, aim: 15 },
        { key: "cold", unit: "Count", title: "first look-ups that were cold", ours: ours.cold.length },
        figure("warmP50", "second look-up, median", ({ warm }) => median(warm)),
        { ...figure("warmP95", "second look-up, p95", ({ warm }) => p95(warm)), aim: 1 },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Answer {
  /** Measured inside the node that asks. */
  ms: number;
  /** Whether the node that asks knew it already, as far as it says. */
  isCached: boolean;
}

/** Milliseconds of those of the pairs' first look-ups that had to ask others, and of each pair's second. */
interface Times {
  cold: number[];
  warm: number[];
}

async function measureOurs(folder: string, onStep: (step: string) => void): Promise<Times> {
  onStep(`booting ${nodes} daemons: three backbones, a third of the others public`);
  await buildDaemon();
  const network = await startNetwork({
    folder,
    members: meshOf(nodes),
    anyPorts: true,
    // As on an ordinary chain: fifty that look twice a second would keep a processor busy.
    pollIntervalMs: 2_000,
    onStep: () => undefined,
  });
  try {
    onStep("waiting until they have met");
    await untilQuiet(
      network.members.map(({ name }) => pidOf(network.node(name).process)),
      quietPercent,
    );
    onStep("looking nodes up");
    return await measure((from, to) => {
      const [asker, wanted] = [network.members[from]?.name ?? "", network.members[to]?.name ?? ""];
      const { peerId } = network.node(wanted);
      return network
        .node(asker)
        .client.call(discoveryRoutes.lookup, { peerId })
        .then(({ elapsedMs, source }) => ({ ms: elapsedMs, isCached: source === "cache" }));
    });
  } finally {
    await network.stop();
  }
}

async function measurePeer(folder: string, onStep: (step: string) => void): Promise<Times> {
  onStep(`booting ${nodes} js-libp2p nodes`);
  await bundle([join(import.meta.dirname, "libp2p-peer.ts")], folder);
  const program = join(folder, "libp2p-peer.js");
  const peers: { child: Child; peerId: string }[] = [];
  const start = async (args: readonly string[]) => {
    const logPath = join(folder, "peer.log");
    const child = startChild([program, ...args], { logPath });
    const { address, peerId } = await ready<{ address: string; peerId: string }>(child, "a js-libp2p node", logPath);
    peers.push({ child, peerId });
    return address;
  };
  try {
    const bootstrap = await start([]);
    await inParallel(
      4,
      Array.from({ length: nodes - 1 }, () => [bootstrap]),
      async (args) => void (await start(args)),
    );
    onStep("waiting until they have met");
    await untilQuiet(
      peers.map(({ child }) => pidOf(child)),
      quietPercent,
    );
    onStep("finding peers");
    let last = 0;
    return await measure(async (from, to) => {
      const [asker, wanted] = [peers[from], peers[to]];
      if (asker === undefined || wanted === undefined) throw new Error("no such peer");
      // It does not say where it has an answer from.
      return { ms: await find(asker.child, ++last, wanted.peerId), isCached: false };
    });
  } finally {
    await Promise.all(peers.map(({ child }) => child.stop()));
  }
}

function find({ process: child }: Child, id: number, peerId: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      const answer = message as { id: number; ms: number | null };
      if (answer.id !== id) return;
      child.off("message", onMessage);
      if (answer.ms === null) reject(new Error("js-libp2p did not find a peer"));
      else resolve(answer.ms);
    };
    child.on("message", onMessage);
    child.send({ id, peerId });
  });
}

/** The same pairs for both, one look-up at a time. */
async function measure(lookup: (from: number, to: number) => Promise<Answer>): Promise<Times> {
  const times: Times = { cold: [], warm: [] };
  for (let pair = 0; pair < pairs; pair++) {
    const hash = createHash("sha256").update(`pair ${pair}`).digest();
    const from = hash.readUInt32BE(0) % nodes;
    const to = (from + 1 + (hash.readUInt32BE(4) % (nodes - 1))) % nodes;
    const [first, second] = [await lookup(from, to), await lookup(from, to)];
    if (!first.isCached) times.cold.push(first.ms);
    times.warm.push(second.ms);
  }
  return times;
}

async function measureHttp(): Promise<number[]> {
  const server = createServer((_, response) => response.end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const times: number[] = [];
  for (let round = 0; round < pairs; round++) {
    const startedAt = performance.now();
    await new Promise((resolve, reject) => {
      get({ host: "127.0.0.1", port, agent: false }, (response) => response.resume().on("end", resolve)).on(
        "error",
        reject,
      );
    });
    times.push(performance.now() - startedAt);
  }
  server.close();
  return times;
}

const pidOf = ({ process: { pid } }: Child) => pid ?? Number.NaN;
const p95 = (times: readonly number[]) => percentile(times, 0.95);
