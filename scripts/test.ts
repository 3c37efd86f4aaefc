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

interface Result {
  counts: Counts;
  seconds: number;
}

async function perform({ run }: Stage, write: (text: string) => void): Promise<Result> {
  const startedAt = performance.now();
  // A stage that fails does not hide the later ones.
  const counts = await run(write).catch((error: unknown): Counts => {
    const message = error instanceof Error ? error.message : String(error);
    write(`✗ ${message}\n`);
    return { passed: 0, failed: 1, skipped: 0, failures: [message] };
  });
  return { counts, seconds: (performance.now() - startedAt) / 1000 };
}

const chosen = stages.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
/** What the stages beside the others write is shown when it is their turn. */
const beside = new Map<Stage, { shown: { text: string; live: boolean }; result: Promise<Result> }>();
/** Starts those that need none of the stages that are still to come. */
function startBeside(left: readonly Stage[]): void {
  for (const stage of chosen) {
    if (stage.beside === undefined || beside.has(stage)) continue;
    if (left.some(({ name }) => name === stage.beside?.after)) continue;
    const shown = { text: "", live: false };
    const write = (text: string) => {
      if (shown.live) process.stdout.write(text);
      else shown.text += text;
    };
    beside.set(stage, { shown, result: perform(stage, write) });
  }
}

const results: (Result & { name: string })[] = [];
for (const [index, stage] of chosen.entries()) {
  startBeside(chosen.slice(index));
  console.log(`\n› ${index + 1}/${chosen.length} ${stage.name}: ${stage.title}`);
  const running = beside.get(stage);
  if (running !== undefined) {
    process.stdout.write(running.shown.text);
    running.shown.live = true;
  }
  const result = await (running?.result ?? perform(stage, (text) => process.stdout.write(text)));
  results.push({ name: stage.name, ...result });
}

console.log("");
for (const { name, counts, seconds } of results) {
  const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
  console.log(
    `${counts.failed === 0 ? "✓" : "✗"} ${name.padEnd(13)} ${line.padEnd(40)} ${seconds.toFixed(1).padStart(6)} s`,
  );
}
const total = (kind: "passed" | "failed" | "skipped") => results.reduce((sum, { counts }) => sum + counts[kind], 0);
process.exitCode = total("failed") === 0 ? 0 : 1;
const skipped = total("skipped");
// Once more, and last: among what thousands of tests print nobody would find it.
for (const { name, counts } of results) {
  for (const failure of counts.failures ?? []) {
    const [title, ...why] = failure.split("\n");
    console.log([`\n✗ ${name}: ${title}`, ...why.slice(0, 15).map((line) => `    ${line}`)].join("\n"));
  }
}
console.log(`\n${total("passed")} passed, ${total("failed")} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
