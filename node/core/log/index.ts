import { writeSync } from "node:fs";
import { type DestinationStream, type Logger, pino } from "pino";
import { z } from "zod";
import { createPseudonyms } from "./pseudonyms.ts";

export { replaceAddresses } from "./addresses.ts";
export { limitLines } from "./limit.ts";
export { openLogFile } from "./log-file.ts";
export { createRecentLines, type RecentLines } from "./recent.ts";

export const logConfigSchema = z.object({
  /**
   * The least level that is logged; `debug` for a report of something that goes wrong. From `info` on, pseudonyms stand
   * for IP addresses and for the IDs of other nodes; lines of `debug` and below name them, and say whose a pseudonym is.
   */
  level: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  /**
   * File that the log goes to; null for standard error, where systemd or Docker keep it. Past 10 MB it becomes
   * `<file>.1`, in place of the one before.
   */
  file: z.string().min(1).nullable().default(null),
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

/**
 * Where a daemon's log goes: standard output is for what a command answers. Not pino's own destination: where standard error
 * is a file, a full disk would end the process with its first line, or keep it from ending.
 */
export const standardError = (): DestinationStream => ({
  write(line) {
    try {
      writeSync(2, line);
    } catch {
      // The next line may fit.
    }
  },
});

/** JSON lines, by default on standard error. From `info` on nobody can be recognised in them. */
export function createLog(config: Pick<LogConfig, "level">, destination: DestinationStream = standardError()): Logger {
  const disguise = createPseudonyms((pseudonym, of) => log.debug({ pseudonym, of }, "a pseudonym in this log"));
  const log = pino(
    { level: config.level, redact: redacted, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    {
      // Not as a serializer: messages, stacks and causes of errors name people as well as fields do.
      write: (line) =>
        destination.write(isForDebugging(line) ? line : `${JSON.stringify(disguise(JSON.parse(line)))}\n`),
    },
  );
  return log;
}

/** Of `trace` and `debug`, 10 and 20, with which pino begins a line. */
const isForDebugging = (line: string) => /^\{"level":[12]0,/.test(line);
