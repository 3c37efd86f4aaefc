import { setTimeout as delay } from "node:timers/promises";
import { readBooks } from "./books.ts";
import { createChurn } from "./churn.ts";
import { createLoad, workKinds } from "./load.ts";
import { mortal, startSoakMesh } from "./mesh.ts";
import { complaintsOf, judgedFromMinutes, type SoakResult } from "./report.ts";
import { type Sample, sampleAll, trendsOf, writeSnapshots } from "./samples.ts";

export interface SoakConfig {
  /** Of the mesh; made where it is not there. */
  readonly folder: string;
  readonly minutes: number;
  readonly crashEveryMs: number;
  /** For heap snapshots at a quarter of the time and at the end; null for none. */
  readonly snapshotFolder: string | null;
  onStep(step: string): void;
  /** After each sample of all nodes. */
  onProgress(text: string): void;
}

const sampleEveryMs = 15_000;
/** What a node is down for: as long as its owner's restart of it. */
const downMs = 10_000;

/** Runs a mesh under load and churn, and says what became of its memory and its work; ends early at the signal. */
export async function soak(config: SoakConfig, signal: AbortSignal): Promise<SoakResult> {
  const network = await startSoakMesh(config.folder, config.onStep);
  try {
    const names = network.members.map(({ name }) => name);
    /** Those that nothing crashes while they write for seconds. */
    const lasting = names.filter((name) => !mortal.includes(name));
    const churn = createChurn(network, { victims: mortal, everyMs: config.crashEveryMs, downMs });
    const load = createLoad(network, churn);
    const ending = new AbortController();
    const until = AbortSignal.any([ending.signal, signal]);
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1_000;
    const samples: Sample[] = [];

    const watch = async () => {
      let snapshots = config.snapshotFolder === null ? [] : [config.minutes / 4, config.minutes].map((at) => at * 60);
      for (;;) {
        samples.push(...(await sampleAll(network, names.filter(churn.isWell), seconds())));
        config.onProgress(progressLine(seconds(), config.minutes, load, samples, churn.crashesS.length));
        if (snapshots.length > 0 && seconds() >= (snapshots[0] ?? 0)) {
          snapshots = snapshots.slice(1);
          await writeSnapshots(network, lasting, config.snapshotFolder ?? "");
        }
        if (signal.aborted || seconds() >= config.minutes * 60) return;
        await delay(sampleEveryMs, undefined, { signal }).catch(() => undefined);
      }
    };
    // The first to fail ends all of them.
    const parts = [watch().finally(() => ending.abort()), load.run(until), churn.run(until)];
    for (const part of parts) part.catch(() => ending.abort());
    await Promise.all(parts);

    const minutes = seconds() / 60;
    const found = {
      minutes: Number(minutes.toFixed(1)),
      judged: minutes >= judgedFromMinutes,
      samples,
      trends: trendsOf(samples, seconds()),
      tallies: load.tallies,
      failures: load.failures,
      crashesS: churn.crashesS,
      books: await readBooks(network),
    };
    return { ...found, complaints: complaintsOf(found) };
  } finally {
    await network.stop();
  }
}

function progressLine(
  atS: number,
  minutes: number,
  { tallies, failures }: ReturnType<typeof createLoad>,
  samples: readonly Sample[],
  crashes: number,
): string {
  const latest = new Map(samples.map((sample) => [sample.node, sample]));
  const rssMB = [...latest.values()].reduce((sum, sample) => sum + sample.rssMB, 0);
  const heapMB = [...latest.values()].reduce((sum, sample) => sum + sample.heapMB, 0);
  const done = workKinds.map((kind) => `${tallies[kind].done} ${kind}`).join(", ");
  return `${(atS / 60).toFixed(1)} of ${minutes} min · ${rssMB.toFixed(0)} MB, heaps ${heapMB.toFixed(0)} MB · ${done} · ${crashes} crashes, ${failures.length} failures`;
}
