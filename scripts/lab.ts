import { reportFailure } from "../node/cli/report.ts";
import { LabError } from "./lab/lab.ts";
import { createLabProgram } from "./lab/program.ts";

// `npm run lab -- <command>`: a mesh of any size on this machine, to look at and to break.
process.stdout.on("error", () => undefined);
try {
  await createLabProgram().parseAsync(process.argv);
} catch (error) {
  if (error instanceof LabError) console.error(`✗ ${error.message}`);
  process.exitCode = error instanceof LabError ? 1 : reportFailure(error, process.argv.includes("--json"));
}
