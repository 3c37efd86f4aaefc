import { type DocumentOptions, parse, type SchemaOptions } from "yaml";
import type { z } from "zod";
import { defineErrors, ShadowMeshError } from "./core/errors.ts";

export const configErrors = defineErrors({
  CONFIG_INVALID: {
    status: 400,
    summary: "The configuration is not valid.",
    action: "See `details` for the option, and docs/reference/config.md for what it takes.",
  },
});

type Values = Record<string, Record<string, unknown>>;

/** Options as each source gives them, by section and name. */
export interface SourceValues {
  readonly file: Values;
  readonly environment: Values;
  readonly flag: Values;
}

/** @throws CONFIG_INVALID where the file or a variable can't be read, or names an option that is none */
export function readSources(
  schema: z.ZodObject,
  sources: { file: { path: string; text: string | null }; env: NodeJS.ProcessEnv; flags: Values },
): SourceValues {
  return {
    file: fromFile(schema, sources.file),
    environment: fromEnvironment(schema, sources.env),
    flag: sources.flags,
  };
}

/**
 * Merges a configuration of sections from its sources: flag > environment > file > default.
 *
 * @throws CONFIG_INVALID with the name of the option that is wrong
 */
export function mergeSources<S extends z.ZodObject>(schema: S, { file, environment, flag }: SourceValues): z.output<S> {
  const merged: Values = {};
  for (const values of [file, environment, flag]) {
    for (const [section, options] of Object.entries(values)) merged[section] = { ...merged[section], ...options };
  }
  const result = schema.safeParse(merged);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(issue?.path.join(".") ?? "", issue?.message ?? "");
}

/** `chain.rpcUrl` is SHADOWMESH_CHAIN_RPC_URL. */
export function environmentName(section: string, option: string): string {
  const snake = option.replace(/[A-Z]/g, (letter) => `_${letter}`);
  return `SHADOWMESH_${section}_${snake}`.toUpperCase();
}

/** YAML 1.2 but for its hexadecimal numbers: an address that nobody quoted is an address. */
export const yamlOptions: DocumentOptions & SchemaOptions = {
  customTags: (tags) => tags.filter((tag) => typeof tag === "string" || !("format" in tag) || tag.format !== "HEX"),
};

function fromFile(schema: z.ZodObject, { path, text }: { path: string; text: string | null }): Values {
  const values = text === null ? null : readYaml(text, path);
  if (values === null) return {};
  if (!isMap(values)) throw invalid("", `${path} must hold sections with options`);
  const known = new Map(sections(schema));
  for (const [section, options] of Object.entries(values)) {
    const shape = known.get(section)?.shape;
    // An option that is misspelt would otherwise be taken for its default, silently.
    if (shape === undefined) throw invalid(section, `there is no such section (${[...known.keys()].join(", ")})`);
    if (options === null) continue;
    if (!isMap(options)) throw invalid(section, "expected options, each on a line of its own");
    const unknown = Object.keys(options).find((option) => !(option in shape));
    if (unknown !== undefined)
      throw invalid(`${section}.${unknown}`, `there is no such option (${Object.keys(shape).join(", ")})`);
  }
  return values as Values;
}

function readYaml(text: string, source: string): unknown {
  try {
    return parse(text, yamlOptions);
  } catch (cause) {
    const reason = (cause as Error).message.split("\n")[0] ?? "";
    throw new ShadowMeshError(configErrors.CONFIG_INVALID, {
      message: `${source} is not valid YAML: ${reason.replace(/[.:]$/, "")}.`,
      action: "Correct it there; docs/reference/config.md has every option.",
      details: { source },
      cause,
    });
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(option: string, reason: string): ShadowMeshError {
  return new ShadowMeshError(configErrors.CONFIG_INVALID, {
    message: `The configuration is not valid: ${option === "" ? "" : `${option}: `}${reason}.`,
    details: { option, reason },
  });
}

function fromEnvironment(schema: z.ZodObject, env: NodeJS.ProcessEnv): Values {
  const values: Values = {};
  for (const [section, options] of sections(schema)) {
    for (const option of Object.keys(options.shape)) {
      const name = environmentName(section, option);
      const text = env[name];
      // YAML reads numbers, lists and null as the file does.
      if (text !== undefined) values[section] = { ...values[section], [option]: readYaml(text, name) };
    }
  }
  return values;
}

/** The sections of a configuration schema and their options; each section may stand behind a default. */
export function sections(schema: z.ZodObject): [string, z.ZodObject][] {
  return Object.entries(schema.shape).map(([name, section]) => {
    const inner = "unwrap" in section && typeof section.unwrap === "function" ? section.unwrap() : section;
    return [name, inner as z.ZodObject];
  });
}
