import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { configSchema } from "../../node/config.ts";
import { environmentName, mergeSources, readSources, sections } from "../../node/config-sources.ts";
import { root } from "../../scripts/root.ts";

/** Of others' shapes: a test reads what stands in them. */
export type Manifest = ReturnType<typeof parse>;

export const read = (path: string): Promise<string> => readFile(join(root, path), "utf8");
export const readYaml = async (path: string): Promise<Manifest> => parse(await read(path), { merge: true });

export const readAllYaml = async (path: string): Promise<Manifest[]> =>
  parseAllDocuments(await read(path)).map((document) => document.toJS());

/** Every variable that the program reads, but for those of the command line's own. */
const known = new Set([
  "DATABASE_URL",
  "SHADOWMESH_DATA",
  ...sections(configSchema).flatMap(([section, options]) =>
    Object.keys(options.shape).map((option) => environmentName(section, option)),
  ),
]);

/** The configuration that the program makes of an environment. @throws for a variable that it does not know, or a wrong value */
export async function configOf(environment: Readonly<Record<string, string>>) {
  const unknown = Object.keys(environment).filter((name) => /SHADOWMESH|DATABASE/.test(name) && !known.has(name));
  if (unknown.length > 0) throw new Error(`no such option: ${unknown.join(", ")}`);
  const { DATABASE_URL, ...rest } = environment;
  const env = { SHADOWMESH_BACKBONE_DATABASE_URL: DATABASE_URL, ...rest };
  return mergeSources(
    configSchema,
    readSources(configSchema, { file: { path: "none.yaml", text: null }, env, flags: {} }),
  );
}

/** An image of a version: a tag that a later release does not take over. */
export const isPinned = (image: string): boolean => /^[\w./-]+:v?\d+\.\d+[\w.-]*$/.test(image);

/** Names of metrics in an expression of PromQL, without what Prometheus adds to histograms. */
export const metricsIn = (expression: string): string[] =>
  [...expression.matchAll(/\bshadowmesh_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, ""));
