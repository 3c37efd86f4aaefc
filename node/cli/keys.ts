import type { Command } from "commander";
import { daemonRoutes } from "../api/daemon.ts";
import { addApiKeyCommands } from "./api-keys.ts";
import type { CliContext } from "./context.ts";

const examples = `
Examples:
  $ shadowmesh keys rotate
  $ shadowmesh keys rotate --revoke    where somebody else may have a key: nodes and devices sign in anew`;

export function addKeyCommands(program: Command, context: CliContext): void {
  const keys = program
    .command("keys")
    .description("API keys for programs of yours; and the keys that sign a backbone's session tokens.")
    .addHelpText("after", "\nExamples:\n  $ shadowmesh keys list\n  $ shadowmesh keys rotate");
  addApiKeyCommands(keys, context);
  keys
    .command("rotate")
    .description(
      "Make the next key of a backbone. It is published now, signs in ten minutes, and nobody has to sign in anew.",
    )
    .option(
      "--revoke",
      "delete all other keys at once, as after a theft: every session and agent token ends within a minute",
    )
    .addHelpText("after", examples)
    .action(async ({ revoke = false }: { revoke?: boolean }) => {
      const { client } = await context.daemon();
      const answer = await client.call(daemonRoutes.rotateKeys, { revoke });
      const from = new Date(answer.signsFromMs).toISOString();
      context.print(answer, `✓ the key ${answer.kid} signs from ${from}${revoke ? "; all others are gone" : ""}`);
    });
}
