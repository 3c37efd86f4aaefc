import type { Command } from "commander";
import { createProgram } from "../../node/cli/program.ts";

/** The help texts of the command and of all its parts, as they print them. */
export async function cliReference(): Promise<Record<string, string>> {
  const text = [
    "# The `shadowmesh` command",
    "In the repository it is `npx shadowmesh`. Exit codes: 0 done, 1 failed, 2 used wrongly. With `--json`, answers and " +
      "errors are one JSON object a line.",
    ...describe(
      createProgram(() => new AbortController()),
      [],
    ),
  ].join("\n\n");
  return { "cli.md": `${text}\n` };
}

function describe(command: Command, parents: readonly string[]): string[] {
  const path = [...parents, command.name()];
  let help = "";
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  const own = [
    `${"#".repeat(Math.min(path.length + 1, 4))} ${path.join(" ")}`,
    `\`\`\`text\n${trimLines(help)}\n\`\`\``,
  ];
  const parts = command.commands.filter((part) => part.name() !== "help");
  return [...own, ...parts.flatMap((part) => describe(part, path))];
}

function trimLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .trim();
}
