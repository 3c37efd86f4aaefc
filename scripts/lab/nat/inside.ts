import { execFileSync } from "node:child_process";
import { measureNatMatrix } from "./matrix.ts";
import type { Surrounding } from "./surroundings.ts";

// Runs as the first process of namespaces of its own: they, and all that runs in them, end with it. Steps go to stderr,
// the pairs to stdout.
const [folder = "", ...only] = process.argv.slice(2);
// The first process of a namespace ignores signals that it does not ask for.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));
try {
  // `ip netns` keeps its names there; the machine's own must not see them.
  execFileSync("mount", ["-t", "tmpfs", "tmpfs", "/run"]);
  const pairs = await measureNatMatrix(folder, only as Surrounding[], (step) => console.error(step));
  console.log(JSON.stringify(pairs));
  process.exit();
} catch (error) {
  console.error(`✗ ${(error as Error).message}`);
  process.exit(1);
}
