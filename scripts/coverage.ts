import { Command } from "commander";
import { type FileCoverage, measureCoverage } from "./coverage/measure.ts";

new Command("npm run coverage:contracts --")
  .description(
    "Runs the contract tests with probes in the contracts, and tells which lines, statements and branches they reach;\n" +
      "under 100 % of any fails. What counts as a branch: scripts/coverage/README.md.",
  )
  .parse();

const measured = await measureCoverage();
if ("failure" in measured) {
  console.log(measured.failure);
  console.error("✗ the contract tests fail under coverage: see above");
  process.exitCode = 1;
} else print(measured.files);

function print(files: readonly FileCoverage[]): void {
  const width = Math.max(...files.map(({ file }) => file.length));
  console.log(`${"".padEnd(width)}   lines  statements  branches`);
  for (const { file, linePercent, statementPercent, uncovered, ways, missing } of files) {
    const branchPercent = (1 - missing.length / Math.max(ways, 1)) * 100;
    const [lines, statements, branches] = [linePercent, statementPercent, branchPercent].map((percent) =>
      percent.toFixed(2),
    );
    console.log(`${file.padEnd(width)}  ${lines?.padStart(6)}  ${statements?.padStart(10)}  ${branches?.padStart(8)}`);
    if (uncovered !== "") console.log(`    not lines ${uncovered}`);
    for (const { line, column, missing: way } of missing) console.log(`    ${file}:${line}:${column} ${way}`);
  }
  const short = files.filter((one) => one.linePercent < 100 || one.statementPercent < 100 || one.missing.length > 0);
  if (short.length > 0) {
    console.error(`✗ ${short.map(({ file }) => file).join(", ")}: under 100 %; test what is named, or drop it`);
    process.exitCode = 1;
  } else {
    const ways = files.reduce((sum, one) => sum + one.ways, 0);
    console.log(`✓ ${files.length} files, all of them whole; ${ways} branches`);
  }
}
