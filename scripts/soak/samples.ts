import type { ChildProcess } from "node:child_process";
import type { Network } from "../network/index.ts";
import { slopePerHour } from "./slope.ts";

/** What a process held at a time, once its garbage was gone. */
export interface Sample {
  readonly atS: number;
  readonly node: string;
  readonly pid: number;
  readonly rssMB: number;
  /** JavaScript's objects, and the buffers that they hold, without compiled code. */
  readonly heapMB: number;
  readonly codeMB: number;
  readonly openFiles: number | null;
  readonly handles: number;
  readonly peers: number;
}

/** How one process's memory went in the second half of the soak. */
export interface Trend {
  readonly node: string;
  readonly first: Sample;
  readonly last: Sample;
  /** Null where the process did not run through the second half. */
  readonly rssMBPerHour: number | null;
  readonly heapMBPerHour: number | null;
  readonly openFilesPerHour: number | null;
}

interface Probed {
  rss: number;
  heapUsed: number;
  external: number;
  code: number;
  openFiles: number | null;
  handles: number;
}

/** A process that does as little as answer is waited for so long: a backbone's start may block it for seconds. */
const answerTimeoutMs = 30_000;
const megabyte = 1e6;

/** Asks each of these nodes; one that ends meanwhile has no sample. */
export async function sampleAll(network: Network, names: readonly string[], atS: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  // One at a time: collecting the garbage of all at once would hold the mesh up.
  for (const name of names) {
    if (!network.isRunning(name)) continue;
    const { process, status } = network.node(name);
    try {
      const probed = await askProbe(process.process, { soak: "sample" });
      const { overlay } = await status();
      samples.push({
        atS: Math.round(atS),
        node: name,
        pid: process.process.pid ?? 0,
        rssMB: probed.rss / megabyte,
        heapMB: (probed.heapUsed - probed.code + probed.external) / megabyte,
        codeMB: probed.code / megabyte,
        openFiles: probed.openFiles,
        handles: probed.handles,
        peers: overlay.connectedPeers,
      });
    } catch (error) {
      if (network.isRunning(name) && network.node(name).process === process) throw error;
    }
  }
  return samples;
}

/** Has each of these nodes write a heap snapshot into a folder. */
export async function writeSnapshots(network: Network, names: readonly string[], folder: string): Promise<void> {
  for (const name of names) {
    const path = `${folder}/${name}-${Date.now()}.heapsnapshot`;
    await askProbe(network.node(name).process.process, { soak: "snapshot", path });
  }
}

/** The trend of each node's last process. */
export function trendsOf(samples: readonly Sample[], endS: number): Trend[] {
  return [...Map.groupBy(samples, ({ node }) => node)].flatMap(([node, all]) => {
    const of = all.filter(({ pid }) => pid === all.at(-1)?.pid);
    const [first, last] = [of[0], of.at(-1)];
    if (first === undefined || last === undefined) return [];
    const half = of.filter(({ atS }) => atS >= endS / 2);
    const through = first.atS <= endS / 2;
    const slope = (value: (sample: Sample) => number | null) =>
      through ? slopePerHour(half.map((sample) => ({ atS: sample.atS, value: value(sample) ?? 0 }))) : null;
    return {
      node,
      first,
      last,
      rssMBPerHour: slope(({ rssMB }) => rssMB),
      heapMBPerHour: slope(({ heapMB }) => heapMB),
      openFilesPerHour: last.openFiles === null ? null : slope(({ openFiles }) => openFiles),
    };
  });
}

function askProbe(child: ChildProcess, question: { soak: string; path?: string }): Promise<Probed> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      settle();
    };
    const onMessage = (message: unknown) => {
      const { soak } = message as { soak?: Probed };
      if (soak !== undefined) end(() => resolve(soak));
    };
    const onExit = () => end(() => reject(new Error("the process ended")));
    const timer = setTimeout(
      () => end(() => reject(new Error(`process ${child.pid} did not answer its probe`))),
      answerTimeoutMs,
    );
    child.on("message", onMessage).once("exit", onExit);
    child.send(question, (error) => {
      if (error !== null) end(() => reject(error));
    });
  });
}
