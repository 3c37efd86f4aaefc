import { type Counts, type Stage, stages } from "./test/stages.ts";

const wanted = process.argv.slice(2);
if (wanted.includes("--list")) {
  for (const { name, title } of stages) console.log(`${name.padEnd(13)} ${title}`);
  process.exit(0);
}
const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`✗ There is no stage ${unknown.join(", ")}. Stages: ${stages.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}

const chosen = stages.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const results: { name: string; counts: Counts; seconds: number }[] = [];

/** Runs a stage; one that fails does not hide the later ones. */
async function runStage({ name, run }: Stage, show: (text: string) => void): Promise<void> {
  const startedAt = performance.now();
  const counts = await run(show).catch((error: unknown): Counts => {
    show(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  results.push({ name, counts, seconds: (performance.now() - startedAt) / 1000 });
}

const titleOf = (stage: Stage) => `\n› ${chosen.indexOf(stage) + 1}/${chosen.length} ${stage.name}: ${stage.title}\n`;
const write = (text: string) => void process.stdout.write(text);

for (const [index, stage] of chosen.entries()) {
  const next = chosen[index + 1];
  if (stage.beside && index > 0) continue;
  write(titleOf(stage));
  if (!next?.beside) {
    await runStage(stage, write);
    continue;
  }
  // Shown after the one that it ran beside.
  let shownLater = titleOf(next);
  const later = runStage(next, (text) => {
    shownLater += text;
  });
  await runStage(stage, write);
  await later;
  write(shownLater);
}

console.log("");
for (const { name, counts, seconds } of results) {
  const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
  console.log(
    `${counts.failed === 0 ? "✓" : "✗"} ${name.padEnd(13)} ${line.padEnd(40)} ${seconds.toFixed(1).padStart(6)} s`,
  );
}
const total = (kind: keyof Counts) => results.reduce((sum, { counts }) => sum + counts[kind], 0);
process.exitCode = total("failed") === 0 ? 0 : 1;
const skipped = total("skipped");
console.log(`\n${total("passed")} passed, ${total("failed")} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
