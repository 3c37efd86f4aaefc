import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { buildDaemon } from "./build.ts";
import { plotSvg } from "./soak/plot.ts";
import { limits, reportText, toCsv } from "./soak/report.ts";
import { soak } from "./soak/soak.ts";

const positive = (text: string) => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("Not a positive number.");
  return value;
};

interface Options {
  crashEvery: number;
  out: string;
  snapshots?: true;
  json?: true;
}

const program = new Command("npm run soak --")
  .description(
    "Runs a mesh of eight daemons for so many minutes while nodes crash and return, look each other up, ping, move bytes\n" +
      "directly and through paid relays, and sign in. Samples each process's memory, files and connections, and writes\n" +
      "soak.csv and soak.svg. Exits 1 where memory of the second half grows past a limit (an hour's rise of\n" +
      `${limits.heapMBPerHour} MB of heap, ${limits.rssMBPerHour} MB resident or ${limits.openFilesPerHour} files), or what should have worked failed.`,
  )
  .argument("[minutes]", "for how long", positive, 60)
  .option("--crash-every <seconds>", "a node crashes as often", positive, 120)
  .option("--out <folder>", "where soak.csv and soak.svg go", "soak")
  .option("--snapshots", "write heap snapshots at a quarter of the time and at the end there, too")
  .option("--json", "answer in JSON, for machines")
  .addHelpText("after", "\nExamples:\n  $ npm run soak -- 60\n  $ npm run soak -- 5 --crash-every 45 --json")
  .parse();
const { crashEvery, out, snapshots, json } = program.opts<Options>();
const [minutes] = program.processedArgs as [number];

const startedAt = performance.now();
const say = (text: string) => {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0).padStart(5);
  if (!json) console.log(`${seconds} s  › ${text}`);
};
const stopping = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stopping.abort());

const outFolder = resolve(out);
await mkdir(outFolder, { recursive: true });
say("building the daemon, if its sources changed");
await buildDaemon();
const folder = await mkdtemp(join(tmpdir(), "shadowmesh-soak-"));
try {
  const config = {
    folder,
    minutes,
    crashEveryMs: crashEvery * 1_000,
    snapshotFolder: snapshots ? outFolder : null,
    onStep: say,
    onProgress: say,
  };
  const result = await soak(config, stopping.signal);
  const title = `${result.minutes} minutes, ${result.crashesS.length} crashes (ticks)`;
  await writeFile(join(outFolder, "soak.csv"), toCsv(result.samples));
  await writeFile(join(outFolder, "soak.svg"), plotSvg(result.samples, result.crashesS, title));
  const { samples: _, ...answer } = result;
  console.log(json ? JSON.stringify(answer) : `\n${reportText(result)}`);
  if (result.complaints.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
