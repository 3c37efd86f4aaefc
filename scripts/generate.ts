import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { routeAddresses } from "./generate/addresses.ts";
import { apiReference } from "./generate/api.ts";
import { cliReference } from "./generate/cli.ts";
import { configReference, environmentExample, settingMeanings } from "./generate/config.ts";
import { generateContracts } from "./generate/contracts.ts";
import { errorReference } from "./generate/errors.ts";
import { metricsReference } from "./generate/metrics.ts";
import { contractReference } from "./generate/natspec.ts";
import { subgraphFiles } from "./generate/subgraph.ts";
import { consoleText } from "./generate/text.ts";
import { root } from "./root.ts";

const reference = "docs/reference";

/** The generated documents by their paths in the repository, and what of the console's text has no translation yet. */
async function documents(): Promise<{ expected: Map<string, string>; untranslated: string[] }> {
  const text = await consoleText();
  const pages = {
    ...(await errorReference()),
    ...apiReference(),
    ...(await configReference()),
    ...(await cliReference()),
    ...(await contractReference()),
    ...metricsReference(),
  };
  const expected = new Map([
    ...Object.entries(pages).map(([name, text]) => [`${reference}/${name}`, text] as const),
    [".env.example", await environmentExample()],
    ["node/settings/meanings.json", await settingMeanings()],
    ...Object.entries(await subgraphFiles()),
    ...text.files,
    ...Object.entries(routeAddresses()),
  ]);
  return { expected, untranslated: text.untranslated };
}

/**
 * Writes what derives from the sources: ABIs, the reference under docs/reference, .env.example, what the settings mean, the subgraph's manifest,
 * the console's catalogs, and where the routes are that its pages call.
 *
 * @param options.check - Write nothing; throw if what is there differs.
 */
export async function generate({ check }: { check: boolean }): Promise<void> {
  await generateContracts({ check });
  const { expected, untranslated } = await documents();
  const present = (await readdir(join(root, reference)).catch(() => [])).map((name) => `${reference}/${name}`);
  const stale = present.filter((path) => !expected.has(path));
  for (const [path, text] of expected) {
    if ((await readFile(join(root, path), "utf8").catch(() => null)) !== text) stale.push(path);
  }
  if (check) {
    if (stale.length > 0) throw new Error(`stale: ${stale.join(", ")}; run \`npm run generate\` and commit the result`);
    if (untranslated.length > 0) throw new Error(`sentences without a translation:\n${untranslated.join("\n")}`);
    return;
  }
  for (const path of stale) {
    const text = expected.get(path);
    await mkdir(dirname(join(root, path)), { recursive: true });
    if (text === undefined) await rm(join(root, path));
    else await writeFile(join(root, path), text);
    console.log(`› ${path}${text === undefined ? " removed" : ""}`);
  }
  for (const line of untranslated) console.log(`! ${line}`);
}

if (import.meta.main) {
  await generate({ check: process.argv.includes("--check") }).catch((error: unknown) => {
    console.error(`✗ ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
}
