import type { Logger } from "pino";
import { createLog } from "../../node/core/log/index.ts";

/** A real log, and the lines that were written to it. */
export function readLog(): { log: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level: "debug" }, { write: (line) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}
