import { z } from "zod";
import { timestampMsSchema } from "../core/schema.ts";
import { route } from "./route.ts";
import { logLevels } from "./vocabulary.ts";

const logLineSchema = z.object({
  number: z.number().int(),
  atMs: timestampMsSchema,
  level: z.enum(logLevels),
  message: z.string(),
  /** What else the line tells. */
  fields: z.record(z.string(), z.unknown()),
});
export type LogLine = z.output<typeof logLineSchema>;

const logSchema = z.object({
  /** Since when lines are counted: another run of the daemon begins with line 1 again. */
  startedAtMs: timestampMsSchema,
  lines: z.array(logLineSchema),
});
export type LogAnswer = z.output<typeof logSchema>;

const bundleSchema = z.object({
  madeAtMs: timestampMsSchema,
  version: z.string(),
  runtime: z.object({
    node: z.string(),
    openssl: z.string(),
    platform: z.string(),
    release: z.string(),
    arch: z.string(),
    cores: z.number().int(),
    memoryBytes: z.number(),
    freeMemoryBytes: z.number(),
    processUptimeMs: z.number(),
    rssBytes: z.number(),
  }),
  /** What `GET /api/status` says. */
  status: z.unknown(),
  /** What differs from its default: by option its value, or that there is a secret. */
  settings: z.record(z.string(), z.unknown()),
  log: z.array(logLineSchema),
});
export type DiagnosticsBundle = z.output<typeof bundleSchema>;

export const diagnosticsRoutes = {
  log: route({
    method: "GET",
    path: "/api/log",
    access: "owner",
    summary: "The newest lines of the daemon's log that it keeps in memory, oldest first.",
    input: z.object({
      /** The number of the last line that the asker has. */
      after: z.coerce.number().int().min(0).default(0),
    }),
    output: logSchema,
    errors: [],
  }),
  diagnostics: route({
    method: "GET",
    path: "/api/diagnostics",
    access: "owner",
    summary:
      "What a bug report needs, without secrets: version, machine, status, changed options and the newest log lines; addresses of machines and the owner's folder are replaced.",
    input: z.object({}),
    output: bundleSchema,
    errors: [],
  }),
};
