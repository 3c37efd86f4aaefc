import type { Command } from "commander";
import { routes } from "../api/routes.ts";
import { terms } from "../api/terms.ts";
import type { Welcome } from "../api/welcome.ts";
import type { CliContext } from "./context.ts";

const examples = `
Examples:
  $ shadowmesh terms
  $ shadowmesh terms --accept    where the console is not used; the daemon keeps the version and the time`;

export function addTermsCommand(program: Command, context: CliContext): void {
  program
    .command("terms")
    .description("What the owner of a node accepts, and whether it was accepted; the daemon has to run.")
    .option("--accept", "accept them")
    .addHelpText("after", examples)
    .action(async ({ accept = false }: { accept?: boolean }) => {
      const { client } = await context.daemon();
      const state = accept
        ? await client.call(routes.acceptTerms, { version: terms.version })
        : await client.call(routes.welcome, {});
      const text = terms.points.map((point) => `${point.title}\n  ${point.text}`).join("\n\n");
      context.print({ ...state.terms, points: terms.points }, `${text}\n\n${acceptanceText(state)}`);
    });
}

function acceptanceText({ terms: { version, accepted } }: Welcome): string {
  if (accepted === null) return `Version ${version}, not accepted yet: shadowmesh terms --accept`;
  const at = new Date(accepted.atMs).toISOString();
  return accepted.version === version
    ? `✓ Version ${version}, accepted at ${at}`
    : `Version ${version}. Version ${accepted.version} was accepted at ${at}; accept the present one: shadowmesh terms --accept`;
}
