import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ErrorDefinition } from "../../node/core/errors.ts";
import { root } from "../root.ts";

/** The error codes that one file defines. */
export interface ErrorList {
  /** Path in the repository, with forward slashes. */
  file: string;
  definitions: readonly ErrorDefinition[];
}

/** Every list of error codes in node/, ordered by file. */
export async function collectErrors(): Promise<ErrorList[]> {
  const lists: ErrorList[] = [];
  for await (const path of glob("node/**/*.ts", { cwd: root })) {
    const file = path.replaceAll("\\", "/");
    if (!/= defineErrors\(/.test(await readFile(join(root, path), "utf8"))) continue;
    const module: Record<string, unknown> = await import(pathToFileURL(join(root, path)).href);
    const definitions = Object.values(module).flatMap(definitionsIn);
    if (definitions.length === 0) throw new Error(`${file} defines errors but does not export them`);
    lists.push({ file, definitions });
  }
  return lists.sort((a, b) => (a.file < b.file ? -1 : 1));
}

function definitionsIn(value: unknown): ErrorDefinition[] {
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.values(value);
  return entries.length > 0 && entries.every(isDefinition) ? entries : [];
}

function isDefinition(value: unknown): value is ErrorDefinition {
  return typeof value === "object" && value !== null && "code" in value && "status" in value && "action" in value;
}

export async function errorReference(): Promise<Record<string, string>> {
  const sections = (await collectErrors()).map(({ file, definitions }) => {
    const rows = definitions.map(
      ({ code, status, summary, action }) => `| \`${code}\` | ${status} | ${summary} | ${action} |`,
    );
    return [
      `## ${title(file)}`,
      `Defined in \`${file}\`.`,
      ["| code | status | means | what to do |", "|---|---|---|---|", ...rows].join("\n"),
    ].join("\n\n");
  });
  const text = [
    "# Error codes",
    "Each failure has one code, the same over HTTP, on the terminal and in the log. Codes never change their meaning.",
    ...sections,
  ].join("\n\n");
  return { "errors.md": `${text}\n` };
}

const titles: Record<string, string> = {
  "core/errors": "Everywhere",
  "api/errors": "HTTP servers",
  "api/daemon": "The daemon's API",
  "api/transport": "Clients",
  "config-sources": "Configuration",
};

/** `node/services/relay/errors.ts` is "Relay". */
function title(file: string): string {
  const path = file.replace(/^node\/|\.ts$/g, "");
  const name =
    path
      .replace(/\/errors$/, "")
      .split("/")
      .at(-1) ?? path;
  return titles[path] ?? name.charAt(0).toUpperCase() + name.slice(1);
}
