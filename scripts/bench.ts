import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Bench, type Figure, misses, toFlat } from "../test/bench/figures.ts";
import { root } from "./root.ts";

// `npm run bench -- <name> […]`: runs test/bench/<name>/ for each name, one after the other.
const folder = join(root, "test", "bench");
const names = globSync("*/index.ts", { cwd: folder })
  .map((path) => dirname(path))
  .sort();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));

if (wanted.includes("--list")) {
  console.log(names.join("\n"));
} else if (wanted.length === 0 || unknown.length > 0) {
  const complaint = unknown.length > 0 ? `there is no benchmark ${unknown.join(", ")}` : "name a benchmark";
  console.error(`✗ ${complaint}\n  npm run bench -- <name> […], or --list\n  There are: ${names.join(", ")}`);
  process.exitCode = 2;
} else {
  for (const name of wanted) await runBench(name);
}

async function runBench(name: string): Promise<void> {
  const { bench }: { bench: Bench } = await import(pathToFileURL(join(folder, name, "index.ts")).href);
  console.log(`${name}: ${bench.title}`);
  const startedAt = performance.now();
  const figures = await bench.run((step) => console.log(`  › ${step}`));
  console.log(`\n${table(bench, figures)}\n`);
  const missed = figures.flatMap(misses);
  for (const text of missed) console.log(`✗ ${text}`);
  if (missed.length > 0) process.exitCode = 1;
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
  console.log(JSON.stringify({ bench: name, figures: toFlat(figures) }));
}

function table(bench: Bench, figures: readonly Figure[]): string {
  const bound = (value: number | undefined, { better = "lower" }: Figure) =>
    value === undefined ? "" : `${better === "lower" ? "≤" : "≥"} ${value}`;
  const ratio = (value: number, other: number | undefined) =>
    other === undefined || other === 0 ? "" : `${(value / other).toFixed(2)} ×`;
  const rows = figures.map((figure) => [
    figure.title,
    figure.unit,
    number(figure.ours),
    number(figure.peer),
    ratio(figure.ours, figure.peer),
    number(figure.limit),
    bound(figure.floor, figure),
    bound(figure.aim, figure),
  ]);
  const head = ["", "unit", "ours", "peer", "ours/peer", "limit", "floor", "aim"];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))),
  );
  return [...lines.map((line) => `  ${line.join("  ")}`), `  peer: ${bench.peer}`, `  limit: ${bench.limit}`].join(
    "\n",
  );
}

function number(value: number | undefined): string {
  if (value === undefined) return "–";
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
