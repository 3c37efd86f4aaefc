import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { diagnosticsRoutes } from "../api/diagnostics.ts";
import { defineErrors, ShadowMeshError } from "../core/errors.ts";
import type { CliContext } from "./context.ts";

export const diagnosticsErrors = defineErrors({
  OUTPUT_EXISTS: {
    status: 409,
    summary: "The file is there already, and stays as it is.",
    action: "Name another with --output, or move it away.",
  },
});

export function addDiagnosticsCommands(program: Command, context: CliContext): void {
  program
    .command("diagnostics")
    .description(
      "Write what a bug report needs into a file: version, machine, status, changed options, newest log lines.",
    )
    .option("--output <file>", "the file, which must not exist yet", "shadowmesh-diagnostics.json")
    .addHelpText(
      "after",
      "\nSecrets, IP addresses, keys in URLs and your folders are left out; read it before you attach it anywhere." +
        "\n\nExamples:\n  $ shadowmesh diagnostics\n  $ shadowmesh diagnostics --output report.json\n  $ shadowmesh diagnostics --json | jq .settings",
    )
    .action(async ({ output }: { output: string }, command: Command) => {
      const { client } = await context.daemon();
      const bundle = await client.call(diagnosticsRoutes.diagnostics, {});
      const toFile = !command.optsWithGlobals<{ json?: boolean }>().json;
      const path = resolve(output);
      // Nothing is lost: what another report was written to stays.
      if (toFile) {
        await writeFile(path, `${JSON.stringify(bundle, null, 2)}\n`, { mode: 0o600, flag: "wx" }).catch((cause) => {
          if (cause.code !== "EEXIST") throw cause;
          throw new ShadowMeshError(diagnosticsErrors.OUTPUT_EXISTS, { details: { path }, cause });
        });
      }
      context.print(bundle, `${path}: ${bundle.log.length} log lines. Read it before you attach it to a report.`);
    });
}
