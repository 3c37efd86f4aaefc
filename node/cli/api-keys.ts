import { type Command, InvalidArgumentError, Option } from "commander";
import { type ApiKey, apiKeyRoutes } from "../api/api-keys.ts";
import { type ApiKeyScope, apiKeyScopes } from "../api/vocabulary.ts";
import type { CliContext } from "./context.ts";
import { table } from "./table.ts";

/** `keys create`, `list` and `revoke`. */
export function addApiKeyCommands(keys: Command, context: CliContext): void {
  keys
    .command("create")
    .argument("<name>", "what it is for")
    .description("Make an API key, which is shown this one time: send it as `authorization: Bearer <key>`.")
    .addOption(new Option("--scope <scope>", "what it may do").choices(apiKeyScopes).default("read"))
    .option("--days <days>", "how long it is good for; `never` for no end", toDays, 90)
    .addHelpText(
      "after",
      "\nExamples:\n  $ shadowmesh keys create dashboard\n  $ shadowmesh keys create backup --days never",
    )
    .action(async (name: string, { scope, days }: { scope: ApiKeyScope; days: number | null }) => {
      const { client } = await context.daemon();
      const answer = await client.call(apiKeyRoutes.createApiKey, { name, scope, expiresInDays: days });
      context.print(answer, `${answer.key}\n\nIt is not shown again, and ${endOf(answer.created)}.`);
    });
  keys
    .command("list")
    .description("The API keys, and when each was used last.")
    .action(async () => {
      const { client } = await context.daemon();
      const answer = await client.call(apiKeyRoutes.apiKeys, {});
      context.print(answer, listText(answer.keys));
    });
  keys
    .command("revoke")
    .argument("<id>", "as `keys list` shows it")
    .description("Revoke an API key at once.")
    .addHelpText("after", "\nExamples:\n  $ shadowmesh keys revoke 1b4e28ba-2fa1-4d1b-883f-0016d3cca427")
    .action(async (id: string) => {
      const { client } = await context.daemon();
      const answer = await client.call(apiKeyRoutes.revokeApiKey, { id });
      context.print(answer, "✓ the key opens nothing any more");
    });
}

function toDays(text: string): number | null {
  if (text === "never") return null;
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 3_650) {
    throw new InvalidArgumentError("Expected 1 to 3650 days, or `never`.");
  }
  return days;
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const endOf = ({ expiresAtMs }: ApiKey) => (expiresAtMs === null ? "has no end" : `ends on ${day(expiresAtMs)}`);

function listText(keys: readonly ApiKey[]): string {
  if (keys.length === 0) return "There are no API keys: `shadowmesh keys create <name>` makes one.";
  const rows = keys.map(({ id, name, scope, expiresAtMs, lastUsedAtMs }) => [
    id,
    name,
    scope,
    expiresAtMs === null ? "never" : day(expiresAtMs),
    lastUsedAtMs === null ? "never" : day(lastUsedAtMs),
  ]);
  return table(["ID", "Name", "Scope", "Ends", "Used last"], rows);
}
