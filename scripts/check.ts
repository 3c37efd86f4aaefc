import { generate } from "./generate.ts";
import { root, toolPath } from "./root.ts";
import { type CommandResult, runNode } from "./run-command.ts";
import { buildSubgraph } from "./subgraph.ts";

interface Step {
  name: string;
  run(): Promise<Pick<CommandResult, "ok" | "output">>;
}

interface Failure {
  name: string;
  output: string;
}

const tool = (args: readonly string[]) => () => runNode(args);

/** See there: the two tools that need TypeScript's JavaScript API. */
const withTypeScript6 = ["--import", new URL("check/typescript-6.mjs", import.meta.url).href];

/** Checks the import rules of .dependency-cruiser.cjs in a tree that has one. */
export function importRules(folder: string): Promise<CommandResult> {
  const cruise = [
    ...withTypeScript6,
    toolPath("dependency-cruiser", "depcruise"),
    "--config",
    ".dependency-cruiser.cjs",
  ];
  return runNode([...cruise, "contracts", "node", "app", "scripts", "test"], { cwd: folder });
}

const steps: readonly Step[] = [
  // The longest first, where nothing is compiled yet: one of them alone would leave a processor idle at the end.
  {
    name: "generated files",
    run: () =>
      generate({ check: true }).then(
        () => ({ ok: true, output: "" }),
        (error: unknown) => ({ ok: false, output: error instanceof Error ? error.message : String(error) }),
      ),
  },
  { name: "subgraph", run: () => buildSubgraph() },
  { name: "types of the GUI", run: tool([toolPath("typescript", "tsc"), "--noEmit", "-p", "app"]) },
  { name: "types", run: tool([toolPath("typescript", "tsc"), "--noEmit", "-p", "."]) },
  {
    name: "format and lint",
    run: tool([toolPath("@biomejs/biome", "biome"), "check", "--error-on-warnings", "."]),
  },
  { name: "Solidity format", run: tool([toolPath("prettier"), "--check", "contracts/**/*.sol"]) },
  { name: "Solidity lint", run: tool([toolPath("solhint"), "--max-warnings", "0", "contracts/**/*.sol"]) },
  { name: "import rules", run: () => importRules(root) },
  {
    name: "unused code and dependencies",
    run: tool([...withTypeScript6, toolPath("knip"), "--no-progress", "--no-config-hints"]),
  },
];

const unitTests: Step = {
  name: "unit tests of core and API",
  run: tool([toolPath("mocha"), "--reporter", "dot", "--exit", "test/node/{api,core}/**/*.test.ts"]),
};

/** Runs all static checks, two at a time, with one line for each; the output of those that fail follows. */
export async function check(options: { withTests?: boolean } = {}): Promise<Failure[]> {
  const failures: Failure[] = [];
  const queue = options.withTests ? [...steps, unitTests] : [...steps];
  const work = async () => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      const startedAt = performance.now();
      const { ok, output } = await step.run();
      console.log(`  ${ok ? "✓" : "✗"} ${step.name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
      if (!ok) failures.push({ name: step.name, output });
    }
  };
  await Promise.all([work(), work()]);
  for (const { name, output } of failures) console.log(`\n── ${name} ──\n${output.trim()}`);
  return failures;
}

if (import.meta.main) {
  const { length: failed } = await check({ withTests: true });
  console.log(failed === 0 ? "\nAll clean." : `\n${failed} of ${steps.length + 1} checks failed.`);
  process.exitCode = failed === 0 ? 0 : 1;
}
