import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Document, parseDocument } from "yaml";
import { z } from "zod";
import { adminConfigSchema } from "./backbone/admin/config.ts";
import { backboneConfigSchema } from "./backbone/config.ts";
import { honeypotsConfigSchema } from "./backbone/honeypots/config.ts";
import { backbonePoolConfigSchema } from "./backbone/pool/config.ts";
import { webhooksConfigSchema } from "./backbone/webhooks/config.ts";
import { mergeSources, readSources, type SourceValues, yamlOptions } from "./config-sources.ts";
import { chainConfigSchema } from "./core/chain/config.ts";
import { logConfigSchema } from "./core/log/index.ts";
import { overlayConfigSchema } from "./core/overlay/config.ts";
import { readFileIfPresent, writeFileAtomically } from "./core/store/index.ts";
import { tracingConfigSchema } from "./core/tracing/config.ts";
import { membershipConfigSchema } from "./services/membership/config.ts";
import { notificationsConfigSchema } from "./services/notifications/config.ts";
import { paymentsConfigSchema } from "./services/payments/config.ts";
import { poolConfigSchema } from "./services/pool/config.ts";
import { relayConfigSchema } from "./services/relay/config.ts";

const backboneSectionSchema = backboneConfigSchema.extend({
  /** Whether this node is a backbone too; its operator needs governance's approval. */
  enabled: z.boolean().default(false),
});

const hostingConfigSchema = z.object({
  /** View-only: this node talks to others and hosts nothing for them; `shadowmesh up --view-only` does the same once. */
  viewOnly: z.boolean().default(false),
});

const apiConfigSchema = z.object({
  /** Port of the local API and the GUI on 127.0.0.1; 0 takes a free one. */
  port: z.number().int().min(0).max(65_535).default(7700),
  /** Folder of the exported GUI. @default beside the program */
  guiFolder: z.string().nullable().default(null).meta({ inFileAlone: true }),
});

/** Every option of the daemon; each section is written by the part that uses it. */
export const configSchema = z
  .object({
    chain: chainConfigSchema.prefault({}),
    hosting: hostingConfigSchema.prefault({}),
    overlay: overlayConfigSchema.prefault({}),
    membership: membershipConfigSchema.prefault({}),
    relay: relayConfigSchema.prefault({}),
    payments: paymentsConfigSchema.prefault({}),
    pool: poolConfigSchema.prefault({}),
    notifications: notificationsConfigSchema.prefault({}),
    api: apiConfigSchema.prefault({}),
    backbone: backboneSectionSchema.prefault({}),
    admin: adminConfigSchema.prefault({}),
    backbonePool: backbonePoolConfigSchema.prefault({}),
    webhooks: webhooksConfigSchema.prefault({}),
    honeypots: honeypotsConfigSchema.prefault({}),
    log: logConfigSchema.prefault({}),
    tracing: tracingConfigSchema.prefault({}),
  })
  .refine(({ hosting, backbone }) => !hosting.viewOnly || !backbone.enabled, {
    path: ["hosting", "viewOnly"],
    message: "a backbone serves others, so it can't be view-only",
  });
export type Config = z.output<typeof configSchema>;
export type ConfigFlags = Record<string, Record<string, unknown>>;

/** The data folder: --data, SHADOWMESH_DATA, the development network's in this folder, or the one in the home folder. */
export function dataFolder(flag?: string): string {
  const named = flag ?? process.env.SHADOWMESH_DATA;
  if (named) return resolve(named);
  const development = resolve(".shadowmesh", "node");
  return existsSync(development) ? development : join(homedir(), ".shadowmesh");
}

export const configPath = (folder: string) => join(folder, "config.yaml");

/** @throws CONFIG_INVALID */
export async function loadConfig(folder: string, flags: ConfigFlags = {}): Promise<Config> {
  return mergeSources(configSchema, await loadSources(folder, flags));
}

/** What the file, the environment and the flags say by now. @throws CONFIG_INVALID */
export async function loadSources(folder: string, flags: ConfigFlags = {}): Promise<SourceValues> {
  const path = configPath(folder);
  const text = await readFileIfPresent(path);
  return readSources(configSchema, { file: { path, text }, env: environment(), flags });
}

function environment(): NodeJS.ProcessEnv {
  const { DATABASE_URL, ...rest } = process.env;
  // The name that every PostgreSQL host gives it.
  return { SHADOWMESH_BACKBONE_DATABASE_URL: DATABASE_URL, ...rest };
}

/**
 * Changes the configuration file of a folder, and leaves what else stands there as it is, comments too.
 *
 * @throws CONFIG_INVALID, in which case nothing was written
 */
export async function editConfig(folder: string, edit: (document: Document) => void): Promise<void> {
  const path = configPath(folder);
  const document = parseDocument((await readFileIfPresent(path)) ?? "", yamlOptions);
  edit(document);
  const text = document.toString();
  mergeSources(configSchema, readSources(configSchema, { file: { path, text }, env: environment(), flags: {} }));
  await writeFileAtomically(path, text);
}

/**
 * Writes chain options to the configuration file of a folder.
 *
 * @throws CONFIG_INVALID, in which case nothing was written
 */
export async function writeChainConfig(folder: string, options: Record<string, unknown>): Promise<void> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  await editConfig(folder, (document) => {
    for (const [name, value] of given) document.setIn(["chain", name], value);
  });
}
