"use client";

import { useId } from "react";
import { logLevels } from "../../../node/api/vocabulary.ts";
import { formatNumber } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Input } from "../../_shared/ui/input";
import { Select } from "../../_shared/ui/select";
import type { LogFilter } from "../_hooks/log-lines";

interface LogFiltersProps {
  filter: LogFilter;
  onChange: (filter: LogFilter) => void;
  shown: number;
  count: number;
}

/** Which lines are wanted, and how many there are of them. */
export function LogFilters({ filter, onChange, shown, count }: LogFiltersProps) {
  const ids = { level: useId(), search: useId() };
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <label htmlFor={ids.level} className="sr-only">
        {i18n._("Level")}
      </label>
      <Select
        id={ids.level}
        className="w-40"
        value={filter.level}
        onChange={(event) =>
          onChange({ ...filter, level: logLevels.find((one) => one === event.target.value) ?? "trace" })
        }
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
          value={filter.search}
          onChange={(event) => onChange({ ...filter, search: event.target.value })}
        />
      </div>
      <span className="text-muted text-sm tabular-nums">
        {i18n._("{shown} of {count} lines", { shown: formatNumber(shown), count: formatNumber(count) })}
      </span>
    </div>
  );
}
