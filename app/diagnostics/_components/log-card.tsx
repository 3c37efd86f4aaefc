"use client";

import { useId, useState } from "react";
import type { LogLine } from "../../../node/api/diagnostics.ts";
import { logLevels } from "../../../node/api/vocabulary.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { formatNumber, formatTime } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Badge, type Tone } from "../../_shared/ui/badge";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { Input } from "../../_shared/ui/input";
import { Select } from "../../_shared/ui/select";
import { Skeleton } from "../../_shared/ui/skeleton";
import { useUnhurried } from "../../_shared/ui/use-unhurried";
import { useLog } from "../_hooks/use-log";

/** Lines that stand on the page at once; the report has all. */
const maxShown = 300;

const tones: Record<LogLine["level"], Tone> = {
  trace: "neutral",
  debug: "neutral",
  info: "accent",
  warn: "warn",
  error: "bad",
  fatal: "bad",
};

/** The daemon's log as it grows, newest first. */
export function LogCard() {
  const [level, setLevel] = useState<LogLine["level"]>("trace");
  const [search, setSearch] = useState("");
  const [paused, setPaused] = useState(false);
  const { data, error } = useLog({ paused });
  const ready = useUnhurried(data !== undefined);
  const ids = { level: useId(), search: useId() };
  const found = (data ?? []).filter((line) => isAtLeast(line, level) && contains(line, search.trim().toLowerCase()));
  const shown = found.slice(-maxShown).toReversed();
  return (
    <Card
      title={i18n._("Log")}
      aside={
        <Button look="ghost" aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? i18n._("Go on") : i18n._("Pause")}
        </Button>
      }
      lead={i18n._("What the daemon keeps in memory since its start; all of it goes to where its standard error goes.")}
    >
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <label htmlFor={ids.level} className="sr-only">
          {i18n._("Level")}
        </label>
        <Select
          id={ids.level}
          className="w-40"
          value={level}
          onChange={(event) => setLevel(logLevels.find((one) => one === event.target.value) ?? "trace")}
        >
          {logLevels.map((one) => (
            <option key={one} value={one}>
              {one === "trace" ? i18n._("all levels") : i18n._("{level} and above", { level: one })}
            </option>
          ))}
        </Select>
        <label htmlFor={ids.search} className="sr-only">
          {i18n._("Search in the log")}
        </label>
        <div className="min-w-48 flex-1">
          <Input
            id={ids.search}
            type="search"
            placeholder={i18n._("Search in messages and fields")}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        <span className="text-muted text-sm tabular-nums">
          {i18n._("{shown} of {count} lines", {
            shown: formatNumber(shown.length),
            count: formatNumber(data?.length ?? 0),
          })}
        </span>
      </div>
      {error && <ErrorAlert error={error} />}
      {!ready && !error && <Skeleton lines={8} />}
      {data && shown.length === 0 && (
        <p className="text-muted">
          {data.length === 0
            ? i18n._("Nothing is logged yet. Option log.level in Settings says what is.")
            : i18n._("No line matches. Clear the search, or take a lower level.")}
        </p>
      )}
      {ready && shown.length > 0 && (
        <ol aria-label={i18n._("Log lines")} className="divide-y divide-line">
          {shown.map((line) => (
            <LogRow key={line.number} line={line} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function LogRow({ line }: { line: LogLine }) {
  const fields = Object.entries(line.fields);
  return (
    <li className="grid grid-cols-[auto_4.5rem_1fr] items-baseline gap-x-3 py-1.5 text-[0.93rem]">
      <time dateTime={new Date(line.atMs).toISOString()} className="text-muted text-sm tabular-nums">
        {formatTime(line.atMs)}
      </time>
      <span>
        <Badge tone={tones[line.level]}>{line.level}</Badge>
      </span>
      <div className="min-w-0">
        <p className="break-words">{line.message}</p>
        {fields.length > 0 && (
          <p className="break-all font-mono text-muted text-xs">
            {fields
              .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
              .join("  ")}
          </p>
        )}
      </div>
    </li>
  );
}

const isAtLeast = (line: LogLine, level: LogLine["level"]) => logLevels.indexOf(line.level) >= logLevels.indexOf(level);

function contains({ message, fields }: LogLine, sought: string): boolean {
  return sought === "" || `${message} ${JSON.stringify(fields)}`.toLowerCase().includes(sought);
}
