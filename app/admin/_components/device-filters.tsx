"use client";

import { useEffect, useState } from "react";
import { regions } from "../../../node/core/vocabulary.ts";
import { RegionOptions } from "../../_shared/node/options";
import { i18n } from "../../_shared/text/i18n";
import { Field } from "../../_shared/ui/field";
import { Input } from "../../_shared/ui/input";
import { Select } from "../../_shared/ui/select";
import type { DeviceFilter, DeviceSort } from "../_hooks/use-devices";

/** Typing goes on while the answer to what was typed before comes. */
const typingMs = 150;

export const sortNames: Record<DeviceSort, string> = {
  node: /*i18n*/ "Device",
  lastSeenMs: /*i18n*/ "Last seen",
  cores: /*i18n*/ "Cores",
  memoryBytes: /*i18n*/ "Memory",
  loadPercent: /*i18n*/ "Load",
};

interface DeviceFiltersProps {
  filter: DeviceFilter;
  /** Of what is online now, beside those that every chain has. */
  pooledRegions: readonly string[];
  onChange: (changes: Record<string, string>) => void;
}

/** Which devices, and on a phone, where the table has no header, in which order. */
export function DeviceFilters({ filter, pooledRegions, onChange }: DeviceFiltersProps) {
  const known = [...new Set([...regions, ...pooledRegions, ...(filter.region === "" ? [] : [filter.region])])];
  return (
    <search className="grid grid-cols-2 gap-3 sm:grid-cols-[2fr_1fr_1fr] [&>:first-child]:max-sm:col-span-2">
      <Search applied={filter.search} onSearch={(search) => onChange({ search })} />
      <Field label={i18n._("Region")}>
        {(props) => (
          <Select {...props} value={filter.region} onChange={(event) => onChange({ region: event.target.value })}>
            <option value="">{i18n._("All")}</option>
            <RegionOptions regions={known} />
          </Select>
        )}
      </Field>
      <Field label={i18n._("State")}>
        {(props) => (
          <Select {...props} value={filter.online} onChange={(event) => onChange({ online: event.target.value })}>
            <option value="">{i18n._("All")}</option>
            <option value="true">{i18n._("Online")}</option>
            <option value="false">{i18n._("Offline")}</option>
          </Select>
        )}
      </Field>
      <div className="col-span-2 sm:hidden">
        <Field label={i18n._("Sort by")}>
          {(props) => (
            <Select
              {...props}
              value={`${filter.sort} ${filter.order}`}
              onChange={(event) => {
                const [sort = "", order = ""] = event.target.value.split(" ");
                onChange({ sort, order });
              }}
            >
              {Object.entries(sortNames).flatMap(([sort, name]) => [
                <option key={`${sort} asc`} value={`${sort} asc`}>
                  {i18n._("{name}, lowest first", { name: i18n._(name) })}
                </option>,
                <option key={`${sort} desc`} value={`${sort} desc`}>
                  {i18n._("{name}, highest first", { name: i18n._(name) })}
                </option>,
              ])}
            </Select>
          )}
        </Field>
      </div>
    </search>
  );
}

/** Shows each key at once, and asks once nobody types for a moment. */
function Search({ applied, onSearch }: { applied: string; onSearch: (search: string) => void }) {
  const [text, setText] = useState(applied);
  useEffect(() => {
    if (text === applied) return;
    const timer = setTimeout(() => onSearch(text), typingMs);
    return () => clearTimeout(timer);
  }, [text, applied, onSearch]);
  return (
    <Field label={i18n._("Search")}>
      {(props) => (
        <Input
          {...props}
          type="search"
          value={text}
          maxLength={128}
          placeholder={i18n._("Number, peer ID, platform or processor")}
          onChange={(event) => setText(event.target.value)}
        />
      )}
    </Field>
  );
}
