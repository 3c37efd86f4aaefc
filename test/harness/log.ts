import { createLog } from "../../node/core/log/index.ts";

/** A real log, the lines that were written to it, and by what name it calls whom others may not recognise. */
export function readLog() {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level: "debug" }, { write: (line) => void lines.push(JSON.parse(line)) });
  const pseudonymOf = (value: string) => lines.find(({ of }) => of === value)?.pseudonym;
  return { log, lines, pseudonymOf };
}
