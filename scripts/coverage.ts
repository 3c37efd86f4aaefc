import { Command } from "commander";
import { root, toolPath } from "./root.ts";
import { runNode } from "./run-command.ts";

interface Row {
  file: string;
  linePercent: number;
  statementPercent: number;
  uncovered: string;
}

/** Lines of Hardhat's table: `║ contracts/NodeNexus.sol │ 99.01 │ 98.78 │ 68, 487, 624 ║`. */
const rowPattern = /^║ (contracts\/\S+)\s+│\s+([\d.]+)\s+│\s+([\d.]+)\s+│ (.*?)\s+║$/;

/** Which lines and statements of contracts/ the contract tests reach; Hardhat's EDR measures no branches. */
async function measure(): Promise<{ rows: readonly Row[]; ok: boolean; output: string }> {
  // Probes make the random tests slow, and what they reach is reached within a few runs.
  const env = { SHADOWMESH_FUZZ_RUNS: "2", NO_COLOR: "1", FORCE_COLOR: undefined };
  const { ok, output } = await runNode([toolPath("hardhat"), "test", "--coverage"], { cwd: root, env });
  const rows = output.split("\n").flatMap((line): Row[] => {
    const [, file, lines, statements, uncovered] = rowPattern.exec(line) ?? [];
    if (!file || !lines || !statements) return [];
    return [{ file, linePercent: Number(lines), statementPercent: Number(statements), uncovered: uncovered ?? "" }];
  });
  return { rows: rows.sort((a, b) => a.file.localeCompare(b.file)), ok, output };
}

new Command("npm run coverage:contracts --")
  .description(
    "Runs the contract tests with probes in the contracts, and tells which lines and statements they reach; under 100 % " +
      "of either fails. Branches are not measured: an `if` without `else` counts as reached by its true side alone.",
  )
  .parse();

const { rows, ok, output } = await measure();
if (!ok || rows.length === 0) {
  console.log(output);
  console.error("✗ the contract tests fail under coverage: see above");
  process.exitCode = 1;
} else {
  const width = Math.max(...rows.map(({ file }) => file.length));
  console.log(`${"".padEnd(width)}   lines  statements`);
  for (const { file, linePercent, statementPercent, uncovered } of rows) {
    const percents = [linePercent, statementPercent].map((percent) => percent.toFixed(2).padStart(6)).join("  ");
    console.log(`${file.padEnd(width)}  ${percents}  ${uncovered === "-" ? "" : `not lines ${uncovered}`}`);
  }
  const short = rows.filter((row) => row.linePercent < 100 || row.statementPercent < 100);
  if (short.length > 0) {
    console.error(`✗ ${short.map(({ file }) => file).join(", ")}: under 100 %; test what is named, or drop it`);
    process.exitCode = 1;
  } else {
    console.log(`✓ ${rows.length} files, all of them whole`);
  }
}
