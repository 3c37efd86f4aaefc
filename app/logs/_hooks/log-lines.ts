import type { LogAnswer, LogLine } from "../../../node/api/diagnostics.ts";
import { logLevels } from "../../../node/api/vocabulary.ts";

/** A line of one run of the daemon: each run counts from 1. */
export interface RunLine extends LogLine {
  readonly startedAtMs: number;
}

export interface LogFilter {
  /** The least level. */
  level: LogLine["level"];
  /** What message or fields contain, in any case. */
  search: string;
}

/** As many as the daemon keeps. */
const maxKept = 2_000;

/** The newest lines of what is known and what came; those of the run before stay, as they may say why it ended. */
export function append(known: readonly RunLine[], { startedAtMs, lines }: LogAnswer): readonly RunLine[] {
  if (lines.length === 0) return known;
  return [...known, ...lines.map((line) => ({ ...line, startedAtMs }))].slice(-maxKept);
}

/** Those behind a line; all of them where it is no longer among them. */
export const linesAfter = (lines: readonly RunLine[], last: RunLine | undefined): readonly RunLine[] =>
  last === undefined ? lines : lines.slice(lines.lastIndexOf(last) + 1);

export function filterLines(lines: readonly RunLine[], { level, search }: LogFilter): readonly RunLine[] {
  const least = logLevels.indexOf(level);
  const sought = search.trim().toLowerCase();
  return lines.filter(
    (line) =>
      logLevels.indexOf(line.level) >= least &&
      (sought === "" || `${line.message} ${fieldsText(line)}`.toLowerCase().includes(sought)),
  );
}

/** What else a line tells: `name=value name=value`. */
export const fieldsText = ({ fields }: Pick<LogLine, "fields">): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");

/** The same for the eye: stacks of errors apart, which are longer than all else. */
export function splitStacks({ fields }: Pick<LogLine, "fields">): { text: string; stacks: readonly string[] } {
  const stacks: string[] = [];
  const others = Object.entries(fields).map(([name, value]) => {
    if (typeof value !== "object" || value === null || !("stack" in value)) return [name, value];
    const { stack, ...error } = value;
    stacks.push(String(stack));
    return [name, error];
  });
  return { text: fieldsText({ fields: Object.fromEntries(others) }), stacks };
}

/** To be kept or sent: a line each, with its time in UTC. */
export const linesText = (lines: readonly LogLine[]): string =>
  lines
    .map((line) => [new Date(line.atMs).toISOString(), line.level.padEnd(5), line.message, fieldsText(line)])
    .map((parts) => `${parts.filter(Boolean).join(" ")}\n`)
    .join("");
