import { type Counts, stages } from "./test/stages.ts";

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
for (const [index, { name, title, run }] of chosen.entries()) {
  console.log(`\n› ${index + 1}/${chosen.length} ${name}: ${title}`);
  const startedAt = performance.now();
  // A stage that fails does not hide the later ones.
  const counts = await run().catch((error: unknown): Counts => {
    console.error(`✗ ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  results.push({ name, counts, seconds: (performance.now() - startedAt) / 1000 });
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
