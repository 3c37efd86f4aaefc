import type { Document } from "yaml";
import { z } from "zod";
import { type Setting, settingsErrors } from "../api/settings.ts";
import { type Config, type ConfigFlags, configPath, configSchema, editConfig, loadSources } from "../config.ts";
import { configErrors, environmentName, mergeSources, type SourceValues } from "../config-sources.ts";
import { ShadowMeshError } from "../core/errors.ts";
import meanings from "./meanings.json" with { type: "json" };

/** The daemon's options as its owner sees and changes them. */
export interface Settings {
  list(): Promise<{ path: string; settings: Setting[] }>;
  /** @throws SETTING_UNKNOWN, SETTING_FIXED, SETTING_INVALID, DISK_FULL */
  change(option: Option, value: unknown): Promise<Setting>;
  /** Back to the default. @throws as `change` */
  reset(option: Option): Promise<Setting>;
}

interface Option {
  readonly section: string;
  readonly name: string;
}

type JsonSchema = Record<string, unknown> & { properties?: Record<string, JsonSchema> };

/** Strongest first. */
const sources = ["flag", "environment", "file"] as const;

interface SettingsDeps {
  folder: string;
  /** What the daemon was started with. */
  running: Config;
  /** What its command line said of that. */
  flags: ConfigFlags;
  /** Has the daemon go on with this: what it runs with, but for the options that are `live`, which are those of the file. */
  apply(config: Config): void;
}

export function createSettings(deps: SettingsDeps): Settings {
  const { folder, flags } = deps;
  let running = deps.running;
  const defaults = valuesOf(configSchema.parse({}));
  /** Changes wait for each other: each reads the file that the one before wrote. */
  let last: Promise<unknown> = Promise.resolve();

  async function list(): Promise<Setting[]> {
    const given = await loadSources(folder, flags);
    const next = valuesOf(mergeSources(configSchema, given));
    const current = valuesOf(running);
    return options().map(({ section, name, schema }) => {
      const secret = schema.secret === true;
      const shown = (values: Values) => {
        const value = values[section]?.[name];
        return secret ? value !== null && !(Array.isArray(value) && value.length === 0) : value;
      };
      const source = sourceOf(given, { section, name });
      return {
        section,
        name,
        variable: environmentName(section, name),
        meaning: (meanings as Record<string, string>)[`${section}.${name}`] ?? "",
        schema,
        default: secret ? false : defaults[section]?.[name],
        value: shown(current),
        next: shown(next),
        source,
        secret,
        editable: !secret && schema.inFileAlone !== true && source !== "flag" && source !== "environment",
      };
    });
  }

  async function find({ section, name }: Option): Promise<Setting> {
    const setting = (await list()).find((one) => one.section === section && one.name === name);
    if (setting !== undefined) return setting;
    throw new ShadowMeshError(settingsErrors.SETTING_UNKNOWN, {
      message: `There is no option ${section}.${name}.`,
      details: { section, name },
    });
  }

  async function edit(option: Option, write: (document: Document) => void): Promise<Setting> {
    const setting = await find(option);
    if (!setting.editable) {
      const source =
        setting.source === "environment" ? setting.variable : setting.source === "flag" ? "flag" : "config.yaml";
      throw new ShadowMeshError(settingsErrors.SETTING_FIXED, { details: { ...option, source } });
    }
    try {
      await editConfig(folder, write);
    } catch (cause) {
      if (!ShadowMeshError.is(cause, configErrors.CONFIG_INVALID)) throw cause;
      const { reason } = cause.details;
      throw new ShadowMeshError(settingsErrors.SETTING_INVALID, {
        message: cause.message,
        details: { ...option, reason },
        cause,
      });
    }
    if (setting.schema.live === true) await goOn();
    return find(option);
  }

  /** Goes on with what is written now, as far as it is live. */
  async function goOn(): Promise<void> {
    const written = valuesOf(mergeSources(configSchema, await loadSources(folder, flags)));
    const next: Record<string, Record<string, unknown>> = structuredClone({ ...valuesOf(running) });
    for (const { section, name, schema } of options()) {
      const values = next[section];
      if (schema.live === true && values !== undefined) values[name] = written[section]?.[name];
    }
    running = next as unknown as Config;
    deps.apply(running);
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }

  return {
    list: async () => ({ path: configPath(folder), settings: await list() }),
    change: ({ section, name }, value) =>
      inTurn(() => edit({ section, name }, (document) => document.setIn([section, name], value))),
    reset: ({ section, name }) =>
      inTurn(() =>
        edit({ section, name }, (document) => {
          document.deleteIn([section, name]);
        }),
      ),
  };
}

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const valuesOf = (config: Config): Values => config;

function sourceOf(given: SourceValues, { section, name }: Option): Setting["source"] {
  const inside = (values: Record<string, unknown> | null | undefined) => values != null && name in values;
  return sources.find((source) => inside(given[source][section])) ?? "default";
}

function options(): (Option & { schema: JsonSchema })[] {
  const { properties = {} } = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  return Object.entries(properties).flatMap(([section, { properties: ofSection = {} }]) =>
    Object.entries(ofSection).map(([name, schema]) => ({ section, name, schema })),
  );
}
