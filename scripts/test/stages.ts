import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { JSONReport, JSONReportSuite } from "@playwright/test/reporter";
import { buildDaemon, buildGui } from "../build.ts";
import { check } from "../check.ts";
import { root, toolPath } from "../root.ts";
import { runNode } from "../run-command.ts";
import { buildSubgraph } from "../subgraph.ts";
import {
  provideChromium,
  provideGateway,
  provideHeadlessShell,
  provideNginx,
  providePostgres,
  provideRedis,
} from "./tools.ts";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed and why, as far as the runner says it in a form of its own; its output has the rest. */
  failures?: readonly string[];
}

export interface Stage {
  /** What `npm test -- <name>` calls it. */
  name: string;
  title: string;
  /**
   * Leaves processors idle, for it waits or has work for one of them alone: it runs beside the others, from the start or
   * once the stage is done whose results it needs. Told in its own place.
   */
  beside?: { after?: string };
  run(write: (text: string) => void): Promise<Counts>;
}

const none: Counts = { passed: 0, failed: 0, skipped: 0 };

export const stages: readonly Stage[] = [
  {
    name: "check",
    title: "format, lint, types, import rules, generated files",
    async run() {
      const failures = (await check()).map(({ name, output }) => `${name}\n${output.trim()}`);
      return { ...none, failed: failures.length, failures };
    },
  },
  {
    name: "subgraph",
    title: "subgraph: its mappings, on the events of a chain",
    async run() {
      const { ok, output } = await buildSubgraph();
      if (!ok) throw new Error(output);
      return mocha("test/subgraph/**/*.test.ts", { inParallel: true });
    },
  },
  {
    name: "node",
    title: "daemon, backbone, and what the pages compute",
    async run() {
      await providePostgres();
      await provideRedis();
      await provideGateway();
      // Here, because several of the processes would begin with it at once.
      await buildDaemon();
      // The longest first: the last ones would have the machine to themselves.
      return mocha(["test/wire/**/*.test.ts", "test/node/**/*.test.ts", "test/{app,scripts}/**/*.test.ts"], {
        inParallel: true,
      });
    },
  },
  { name: "architecture", title: "architecture", run: () => mocha("test/architecture/**/*.test.ts") },
  {
    name: "build",
    title: "bundle of the daemon, export of the GUI",
    async run() {
      await buildDaemon();
      await buildGui({ stream: true });
      return none;
    },
  },
  {
    name: "deploy",
    title: "image, Compose, Kubernetes, and nginx in front of two backbones",
    async run() {
      await providePostgres();
      await provideNginx();
      return mocha("test/deploy/**/*.test.ts", { inParallel: true });
    },
  },
  // By what the check has compiled.
  { name: "contracts", title: "contracts", beside: { after: "check" }, run: testContracts },
  {
    name: "faults",
    title: "crashes, a chain that goes away and is reorganised, a full disk, liars and attackers, among twelve nodes",
    beside: {},
    run: (write) => mocha("test/faults/**/*.test.ts", { write }),
  },
  { name: "e2e", title: "end to end, in a browser", run: testEndToEnd },
];

async function testContracts(write: (text: string) => void): Promise<Counts> {
  const { ok, output } = await runNode([toolPath("hardhat"), "test"], { stream: write });
  // Hardhat sums its runners up in the last lines: "125 passing (120 mocha, 5 solidity)".
  const lines = stripVTControlCharacters(output).split("\n").slice(-20);
  const last = (word: RegExp) => Number(lines.findLast((line) => word.test(line))?.match(/\d+/)?.[0] ?? 0);
  const counts = {
    passed: last(/^\s*\d+ passing\b/),
    failed: last(/^\s*\d+ failing\b/),
    skipped: last(/^\s*\d+ (skipped|pending)\b/),
  };
  // Below it stand the failures, numbered.
  const [, told = ""] = stripVTControlCharacters(output).split(/^ *\d+ failing\b/m);
  const failures = told.split(/\n(?= *(?:\d+\)|Failure \(\d+\):) )/).slice(1);
  return settle({ ...counts, failures: failures.map((text) => text.trim()) }, ok);
}

/** Many processes would compile the same sources again. */
const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), "shadowmesh-test-compile-cache") };

/** Files that run at once: much of a test is waiting, for a process to come up or a clock to pass. */
const filesAtOnce = Math.min(availableParallelism() + 2, 6);

/** Runs files of tests, `inParallel` each in one of a few processes: where they share nothing. */
async function mocha(
  patterns: string | readonly string[],
  { inParallel = false, write }: { inParallel?: boolean; write?: (text: string) => void } = {},
): Promise<Counts> {
  const reporter = join(root, "scripts/test/counting-reporter.cjs");
  const parallel = inParallel ? ["--parallel", "--jobs", String(filesAtOnce)] : [];
  return withCountsFile(async (file) => {
    const { ok } = await runNode([toolPath("mocha"), "--reporter", reporter, ...parallel, ...[patterns].flat()], {
      stream: write ?? true,
      env: { ...compileCache, SHADOWMESH_TEST_COUNTS: file },
    });
    return settle(await readJson(file), ok);
  });
}

async function testEndToEnd(): Promise<Counts> {
  const config = "test/e2e/playwright.config.ts";
  if (!existsSync(join(root, config))) return none;
  const chromium = await provideChromium();
  const headlessShell = await provideHeadlessShell();
  return withCountsFile(async (file) => {
    const { ok } = await runNode(
      [toolPath("@playwright/test", "playwright"), "test", "-c", config, "--reporter=list,json"],
      {
        stream: true,
        env: {
          ...compileCache,
          CHROMIUM_PATH: chromium,
          HEADLESS_SHELL_PATH: headlessShell,
          PLAYWRIGHT_JSON_OUTPUT_FILE: file,
        },
      },
    );
    const report = await readJson<JSONReport>(file);
    if (report === undefined) return settle(undefined, ok);
    const { expected, flaky, unexpected, skipped } = report.stats;
    const failures = [...report.errors.map(({ message = "" }) => message), ...report.suites.flatMap(failuresIn)];
    return settle({ passed: expected + flaky, failed: unexpected, skipped, failures }, ok);
  });
}

function failuresIn({ suites = [], specs, file }: JSONReportSuite): string[] {
  const failed = specs.filter(({ ok }) => !ok);
  const own = failed.map(({ title, tests }) => {
    const errors = tests.flatMap(({ results }) => results.flatMap((result) => result.errors));
    return [`${file}: ${title}`, ...errors.map(({ message }) => stripVTControlCharacters(message))].join("\n");
  });
  return [...own, ...suites.flatMap(failuresIn)];
}

/** A runner that failed without naming a test, or that left no counts, is one failure. */
function settle(counts: Counts | undefined, ok: boolean): Counts {
  if (counts === undefined) return { ...none, failed: 1 };
  return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

async function withCountsFile<T>(use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "shadowmesh-test-"));
  try {
    return await use(join(folder, "counts.json"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readJson<T = Counts>(file: string): Promise<T | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
