import type { LogLine } from "../api/diagnostics.ts";
import { logLevels } from "../api/vocabulary.ts";
import type { RecentLines } from "../core/log/index.ts";

/** The numbers by which pino writes levels: 10 is `trace`, and so on by tens. */
const levelStep = 10;

/** A line of the daemon's log, which pino wrote. */
export function readLine({ number, text }: ReturnType<RecentLines["after"]>[number]): LogLine {
  const { level, time, msg, ...fields } = JSON.parse(text) as Record<string, unknown>;
  return {
    number,
    atMs: Date.parse(String(time)),
    level: logLevels[Number(level) / levelStep - 1] ?? "info",
    message: typeof msg === "string" ? msg : "",
    fields,
  };
}
