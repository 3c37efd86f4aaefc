import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import { buildDaemon } from "../build.ts";
import { toolPath } from "../root.ts";
import { runNode } from "../run-command.ts";
import { readHealth } from "./health.ts";
import { victimsOf } from "./kill.ts";
import {
  changing,
  expectOwnFolder,
  healLab,
  type Lab,
  labFolder,
  nodeFolder,
  readLab,
  startLab,
  stopLab,
} from "./lab.ts";
import { natTable, runNatMatrix, type Surrounding, surroundings, toSurroundings } from "./nat/index.ts";
import { endProcess } from "./processes.ts";
import { reachPairs, summarize } from "./reach.ts";
import { healthTable, nodeTable } from "./table.ts";

const refreshMs = 1_000;
const faultsTimeoutMs = 3_600_000;
const healthTimeoutMs = 180_000;

const examples = `
Examples:
  $ npm run lab -- up 50          a chain, three backbones, 47 light nodes; goes on until \`down\`
  $ npm run lab -- status --watch
  $ npm run lab -- reach          random pairs look each other up and reach each other
  $ npm run lab -- kill 25%       crash a quarter of the light nodes at once
  $ npm run lab -- kill backbone-1
  $ npm run lab -- heal           start what is dead
  $ npm run lab -- down
  $ npm run lab -- nat            which rung each pair of surroundings ends on
  $ npm run lab -- faults 50      break a mesh of fifty nodes in every way we know

State is in .shadowmesh/lab, or in --folder; each command works from any terminal, whatever became of the others.`;

export function createLabProgram(): Command {
  const program = new Command("npm run lab --")
    .description("A mesh of many nodes on this machine, each in its own process, to look at and to break.")
    .option("--folder <path>", "where the lab's state is, for a second one beside the first", toFolder, labFolder)
    .addHelpText("after", examples)
    .showHelpAfterError("(run with --help for how it is used)")
    .exitOverride();
  addUp(program);
  addStatus(program);
  addReach(program);
  addKill(program);
  addHeal(program);
  addDown(program);
  addNat(program);
  addFaults(program);
  return program;
}

interface Json {
  json?: boolean;
}

const command = (program: Command, name: string, description: string) =>
  program.command(name).description(description).option("--json", "answer in JSON, for machines");

function addUp(program: Command): void {
  command(program, "up", "Make the lab, or resume it; it goes on when this command ends.")
    .argument("[nodes]", "how many, three of them backbones", toSize, 50)
    .action(async (size: number, { json = false }: Json) => {
      const startedAt = performance.now();
      const step = stepper(json);
      step("building the daemon, if its sources changed");
      await buildDaemon();
      const folder = folderOption(program);
      await expectOwnFolder(folder);
      const lab = await changing(folder, () => startLab(folder, size, step));
      const startedMs = Math.round(performance.now() - startedAt);
      const health = await untilWell(lab, json);
      const ms = Math.round(performance.now() - startedAt);
      const end = `Up after ${(ms / 1000).toFixed(1)} s (all started after ${(startedMs / 1000).toFixed(1)} s). It goes on until \`npm run lab -- down\`.`;
      print(json, { ...health, startedMs, ms }, end);
    });
}

function addStatus(program: Command): void {
  command(program, "status", "How the nodes are.")
    .option("--all", "a row for every node")
    .option("--watch", "anew every second, until Ctrl-C")
    .action(async ({ json = false, all = false, watch = false }: Json & { all?: boolean; watch?: boolean }) => {
      const lab = await readLab(folderOption(program));
      do {
        const health = await readHealth(lab);
        if (watch && !json) console.clear();
        print(json, health, all ? nodeTable(health.nodes) : healthTable(health));
        if (watch) await delay(refreshMs);
      } while (watch);
    });
}

function addReach(program: Command): void {
  command(program, "reach", "Have random pairs look each other up and reach each other; exits 1 where one fails.")
    .option("--pairs <n>", "how many", toCount, 100)
    .action(async ({ json = false, pairs }: Json & { pairs: number }) => {
      const lab = await readLab(folderOption(program));
      const results = await reachPairs(lab, pairs, ({ from, to, error }) => {
        if (error !== null && !json) console.log(`✗ ${from} → ${to}: ${error}`);
      });
      const summary = summarize(results);
      const { found, reached, lookupP50Ms, lookupP95Ms, connectP50Ms, connectP95Ms, bySource, byPath } = summary;
      const text = [
        `${found} of ${pairs} found, ${reached} reached`,
        `look-up  p50 ${lookupP50Ms.toFixed(1)} ms, p95 ${lookupP95Ms.toFixed(1)} ms, by ${JSON.stringify(bySource)}`,
        `connect  p50 ${connectP50Ms.toFixed(1)} ms, p95 ${connectP95Ms.toFixed(1)} ms, by ${JSON.stringify(byPath)}`,
      ];
      print(json, { ...summary, results }, text.join("\n"));
      if (reached < pairs) process.exitCode = 1;
    });
}

function addKill(program: Command): void {
  command(program, "kill", "Crash nodes at once (SIGKILL): a share or number of the light nodes, or some by name.")
    .argument("<who...>", "such as 25%, 5, backbone-1, or chain")
    .action(async (who: string[], { json = false }: Json) => {
      const lab = await readLab(folderOption(program));
      const killed = await changing(lab.folder, async () => {
        const victims = await victimsOf(lab, who);
        await Promise.all(victims.map((name) => endProcess(folderOf(lab, name), "SIGKILL")));
        return victims;
      });
      print(json, { killed }, `Killed ${killed.length}: ${killed.join(", ")}`);
    });
}

function addHeal(program: Command): void {
  command(program, "heal", "Start what does not run, and wait until all are found.").action(
    async ({ json = false }: Json) => {
      const startedAt = performance.now();
      const lab = await readLab(folderOption(program));
      const started = await changing(lab.folder, () => healLab(lab, stepper(json)));
      const health = await untilWell(lab, json);
      const ms = Math.round(performance.now() - startedAt);
      print(json, { ...health, started, ms }, `Healed after ${(ms / 1000).toFixed(1)} s: ${started.length} started.`);
    },
  );
}

function addDown(program: Command): void {
  command(program, "down", "Stop every process; the next `up` resumes the same chain and identities.")
    .option("--purge", "remove them as well")
    .action(async ({ json = false, purge = false }: Json & { purge?: boolean }) => {
      const lab = await readLab(folderOption(program));
      const stopped = await changing(lab.folder, () => stopLab(lab));
      if (purge) await rm(lab.folder, { recursive: true, force: true });
      print(
        json,
        { stopped, purged: purge },
        `Stopped ${stopped} processes${purge ? "; nothing is left of the lab" : ""}.`,
      );
    });
}

function addNat(program: Command): void {
  command(
    program,
    "nat",
    "Try every pair of surroundings in network namespaces, and tell the rung; needs Linux, and root or user namespaces.",
  )
    .option("--only <kinds>", `some of ${surroundings.join(",")}`, toSurroundings, [...surroundings])
    .action(async ({ json = false, only }: Json & { only: Surrounding[] }) => {
      const pairs = await runNatMatrix(only, stepper(json));
      print(
        json,
        { reached: pairs.filter(({ path }) => path !== null).length, of: pairs.length, pairs },
        natTable(pairs, only),
      );
      if (pairs.some(({ path }) => path === null)) process.exitCode = 1;
    });
}

function addFaults(program: Command): void {
  program
    .command("faults")
    .description("Run the fault tests of `npm test -- faults` on a mesh of this size, apart from the lab.")
    .argument("[nodes]", "how many, three of them backbones", toSize, 50)
    .action(async (size: number) => {
      const args = [toolPath("mocha"), "--reporter", "spec", "test/faults/**/*.test.ts"];
      const env = { SHADOWMESH_FAULTS_NODES: String(size) };
      const { ok } = await runNode(args, { stream: true, env, timeoutMs: faultsTimeoutMs });
      if (!ok) process.exitCode = 1;
    });
}

/** Shows the table until every node is found. */
async function untilWell(lab: Lab, json: boolean) {
  const live = !json && process.stdout.isTTY;
  const deadline = Date.now() + healthTimeoutMs;
  for (;;) {
    const health = await readHealth(lab);
    const well = health.found === health.total;
    const late = Date.now() > deadline;
    if (live) console.clear();
    if (live || (!json && (well || late))) console.log(healthTable(health));
    if (late && !well) process.exitCode = 1;
    if (well || late) return health;
    await delay(refreshMs);
  }
}

function folderOf(lab: Lab, name: string): string {
  return name === "chain" ? lab.folder : nodeFolder(lab, name);
}

function stepper(json: boolean): (text: string) => void {
  const startedAt = performance.now();
  return (text) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
    if (!json) console.log(`${seconds} s  › ${text}`);
  };
}

function print(json: boolean, answer: object, text: string): void {
  console.log(json ? JSON.stringify(answer) : text);
}

const folderOption = (program: Command) => program.opts<{ folder: string }>().folder;

const toFolder = (text: string) => resolve(text);

function toSize(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 4 || value > 500) throw new InvalidArgumentError("expected 4 to 500");
  return value;
}

function toCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected a number from 1");
  return value;
}
