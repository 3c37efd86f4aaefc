import { createProgram } from "./cli/program.ts";
import { reportFailure } from "./cli/report.ts";

// The process edge: signals, exit codes, and the one place where an error becomes text.
const stopping = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stopping.abort());
// A parent that started us and is gone leaves nobody to stop us.
process.on("disconnect", () => stopping.abort());

try {
  await createProgram(stopping).parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFailure(error, process.argv.includes("--json"));
}
// What a library keeps open must not keep an ended command alive.
process.disconnect?.();
if (stopping.signal.aborted) process.exit();
