import { type DestinationStream, type Logger, pino } from "pino";
import { z } from "zod";

export { limitLines } from "./limit.ts";
export { createRecentLines, type RecentLines } from "./recent.ts";

export const logConfigSchema = z.object({
  /** The least level that is logged; `debug` for a report of something that goes wrong. */
  level: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});
export type LogConfig = z.infer<typeof logConfigSchema>;

/** Secrets never reach a log, even where an object that holds them does. */
const redacted = [
  "seed",
  "phrase",
  "words",
  "password",
  "privateKey",
  "authorization",
  "session_token",
  "cookie",
  "clientSecret",
  "secondFactorSecrets",
  "databaseUrl",
  "redisUrl",
  "*.seed",
  "*.authorization",
  "*.cookie",
  "*.clientSecret",
  "*.secondFactorSecrets",
  "*.databaseUrl",
  "*.redisUrl",
];

/** Where a daemon's log goes: standard output is for what a command answers. */
export const standardError = (): DestinationStream => pino.destination(2);

/** JSON lines, by default on standard error. */
export function createLog(config: LogConfig, destination: DestinationStream = standardError()): Logger {
  return pino(
    { level: config.level, redact: redacted, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
}
