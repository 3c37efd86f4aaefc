"use client";

import { memo } from "react";
import type { LogLine } from "../../../node/api/diagnostics.ts";
import { formatDate, formatTime } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Badge, type Tone } from "../../_shared/ui/badge";
import { type RunLine, splitStacks } from "../_hooks/log-lines";

const tones: Record<LogLine["level"], Tone> = {
  trace: "neutral",
  debug: "neutral",
  info: "accent",
  warn: "warn",
  error: "bad",
  fatal: "bad",
};

interface LogListProps {
  lines: readonly RunLine[];
  /** Somebody opened what a line has more: it should stay where it is. */
  onOpen: () => void;
}

/** Lines with their times, under the day that they are of. */
export function LogList({ lines, onOpen }: LogListProps) {
  return (
    <ol aria-label={i18n._("Log lines")} className="divide-y divide-line">
      {lines.map((line, index) => {
        const before = lines[index - 1];
        const isNewDay = before === undefined || dayOf(before) !== dayOf(line);
        return <LogRow key={`${line.startedAtMs}-${line.number}`} line={line} isNewDay={isNewDay} onOpen={onOpen} />;
      })}
    </ol>
  );
}

const dayOf = ({ atMs }: LogLine) => new Date(atMs).toDateString();

interface LogRowProps extends Pick<LogListProps, "onOpen"> {
  line: RunLine;
  isNewDay: boolean;
}

/** Drawn once: a line never changes. */
const LogRow = memo(function LogRow({ line, isNewDay, onOpen }: LogRowProps) {
  const { text, stacks } = splitStacks(line);
  return (
    <li className="grid grid-cols-[auto_4.5rem_1fr] items-baseline gap-x-3 py-1.5 text-[0.93rem] max-sm:grid-cols-[auto_1fr]">
      {isNewDay && <p className="col-span-full py-1 font-medium text-muted text-sm">{formatDate(line.atMs)}</p>}
      <time dateTime={new Date(line.atMs).toISOString()} className="text-muted text-sm tabular-nums">
        {formatTime(line.atMs)}
      </time>
      <span>
        <Badge tone={tones[line.level]}>{line.level}</Badge>
      </span>
      <div className="min-w-0 max-sm:col-span-full">
        <p className="break-words">{line.message}</p>
        {text && <p className="break-all font-mono text-muted text-xs">{text}</p>}
        {stacks.map((stack) => (
          <details key={stack} onToggle={(event) => event.currentTarget.open && onOpen()} className="text-sm">
            <summary className="text-muted">{i18n._("Stack trace")}</summary>
            <pre className="whitespace-pre-wrap break-all font-mono text-xs">{stack}</pre>
          </details>
        ))}
      </div>
    </li>
  );
});
