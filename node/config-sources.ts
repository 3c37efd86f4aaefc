import { parse } from "yaml";
import type { z } from "zod";
import { defineErrors, ShadowMeshError } from "./core/errors.ts";
import { readFileIfPresent } from "./core/store/index.ts";

export const configErrors = defineErrors({
  CONFIG_INVALID: {
    status: 400,
    summary: "The configuration is not valid.",
    action: "See `details` for the option, and docs/reference/config.md for what it takes.",
  },
});

type Values = Record<string, Record<string, unknown>>;

/**
 * Merges a configuration of sections from its sources: flag > environment > file > default.
 *
 * @throws CONFIG_INVALID with the name of the option that is wrong
 */
export async function readConfig<S extends z.ZodObject>(
  schema: S,
  sources: { path: string; env: NodeJS.ProcessEnv; flags: Values },
): Promise<z.output<S>> {
  const merged: Values = {};
  for (const values of [await fromFile(sources.path), fromEnvironment(schema, sources.env), sources.flags]) {
    for (const [section, options] of Object.entries(values)) merged[section] = { ...merged[section], ...options };
  }
  const result = schema.safeParse(merged);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const option = issue?.path.join(".") ?? "";
  throw new ShadowMeshError(configErrors.CONFIG_INVALID, {
    message: `The configuration is not valid: ${option}: ${issue?.message}.`,
    details: { option, reason: issue?.message },
  });
}

/** `chain.rpcUrl` is SHADOWMESH_CHAIN_RPC_URL. */
export function environmentName(section: string, option: string): string {
  const snake = option.replace(/[A-Z]/g, (letter) => `_${letter}`);
  return `SHADOWMESH_${section}_${snake}`.toUpperCase();
}

async function fromFile(path: string): Promise<Values> {
  const text = await readFileIfPresent(path);
  if (text === null) return {};
  try {
    const values: unknown = parse(text);
    if (values === null) return {};
    if (typeof values === "object" && !Array.isArray(values)) return values as Values;
    throw new Error("it must hold sections with options");
  } catch (cause) {
    const reason = (cause as Error).message.split("\n")[0];
    throw new ShadowMeshError(configErrors.CONFIG_INVALID, { message: `${path} is not valid YAML: ${reason}.`, cause });
  }
}

function fromEnvironment(schema: z.ZodObject, env: NodeJS.ProcessEnv): Values {
  const values: Values = {};
  for (const [section, options] of sections(schema)) {
    for (const option of Object.keys(options.shape)) {
      const text = env[environmentName(section, option)];
      // YAML reads numbers, lists and null as the file does.
      if (text !== undefined) values[section] = { ...values[section], [option]: parse(text) };
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
