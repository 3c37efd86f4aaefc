import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, toolPath } from "../root.ts";
import { runNode } from "../run-command.ts";
import { counted, type Way, waysOf } from "./probes.ts";

export interface FileCoverage {
  file: string;
  linePercent: number;
  statementPercent: number;
  /** Lines that are not reached, as Hardhat lists them; empty if there are none. */
  uncovered: string;
  /** How many ways its branches go. */
  ways: number;
  /** Those that none went. */
  missing: readonly Way[];
}

/** Lines of Hardhat's table: `║ contracts/NodeNexus.sol │ 99.01 │ 98.78 │ 68, 487, 624 ║`. */
const rowPattern = /^║ (contracts\/\S+)\s+│\s+([\d.]+)\s+│\s+([\d.]+)\s+│ (.*?)\s+║$/;

/** What the contract tests reach of contracts/, or what they said where they fail. */
export async function measureCoverage(): Promise<{ files: FileCoverage[] } | { failure: string }> {
  const folder = join(root, "coverage");
  rmSync(folder, { recursive: true, force: true });
  // Probes make the random tests slow, and what they reach is reached within a few runs.
  const env = { SHADOWMESH_FUZZ_RUNS: "2", NO_COLOR: "1", FORCE_COLOR: undefined };
  const { ok, output } = await runNode([toolPath("hardhat"), "test", "--coverage"], { cwd: root, env });
  if (!ok) return { failure: output };

  const times = reported(join(folder, "data"));
  const isGone = ({ tag, moreThan = "" }: Way) => (times.get(tag) ?? 0) > (times.get(moreThan) ?? 0);
  const files = output.split("\n").flatMap((row): FileCoverage[] => {
    const [, file, lines, statements, uncovered = "-"] = rowPattern.exec(row) ?? [];
    if (!file || !lines || !statements) return [];
    const ways = waysOf(file, readFileSync(join(root, file), "utf8"));
    return [
      {
        file,
        linePercent: Number(lines),
        statementPercent: Number(statements),
        uncovered: uncovered === "-" ? "" : uncovered,
        ways: ways.length,
        missing: ways.filter((way) => !isGone(way)),
      },
    ];
  });
  if (files.length === 0) return { failure: output };
  return { files: files.sort((a, b) => a.file.localeCompare(b.file)) };
}

/** How often each tag was reported, whole and cut. Hardhat keeps a file for each runner of tests: `{ "<tag>": <times> }`. */
function reported(folder: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".json")) continue;
    const counts = JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, number>;
    for (const [tag, count] of Object.entries(counts)) {
      for (const key of [tag, counted(tag)]) times.set(key, (times.get(key) ?? 0) + count);
    }
  }
  return times;
}
