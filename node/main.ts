import { setFlagsFromString } from "node:v8";
import { createProgram } from "./cli/program.ts";
import { exitCodes, reportFailure } from "./cli/report.ts";

// A start makes much that stays: V8 would grow its nursery to 16 MB for that and keep it (20 MB of a light node's memory,
// no slower without; figures in test/bench/start).
setFlagsFromString("--semi-space-growth-factor=1");

// The process edge: signals, exit codes, and the one place where an error becomes text.
const stopping = new AbortController();

/** For a command that has something to stop. Every other one is ended by a signal at once, as the system does it. */
function takeSignals(): AbortController {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      // Who asks a second time does not want to wait.
      if (stopping.signal.aborted) process.exit(exitCodes.interrupted);
      stopping.abort();
    });
  }
  // A parent that started us and is gone leaves nobody to stop us.
  process.on("disconnect", () => stopping.abort());
  return stopping;
}

// Whoever read our output, such as `head`, has had enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  await createProgram(takeSignals).parseAsync(process.argv);
} catch (error) {
  // A start that was called off has not failed.
  const calledOff = stopping.signal.aborted && error === stopping.signal.reason;
  process.exitCode = calledOff ? exitCodes.interrupted : reportFailure(error, process.argv.includes("--json"));
}
// What a library keeps open must not keep an ended command alive.
process.disconnect?.();
if (stopping.signal.aborted) process.exit();
