"use client";

import type { NodeType } from "../../../node/core/schema.ts";
import { NodeTypeOptions, RegionOptions } from "../../_shared/node/options";
import { i18n } from "../../_shared/text/i18n";
import { Field } from "../../_shared/ui/field";
import { Input } from "../../_shared/ui/input";
import { Select } from "../../_shared/ui/select";
import { type NodeFilter, type Order, orderBy, type SortKey, sortKeys, sortTitles } from "../_hooks/node-list";

interface NodeFiltersProps {
  filter: NodeFilter;
  onFilter: (filter: NodeFilter) => void;
  regions: readonly string[];
  order: Order;
  onOrder: (order: Order) => void;
}

export function NodeFilters({ filter, onFilter, regions, order, onOrder }: NodeFiltersProps) {
  return (
    <div className="grid grid-cols-2 gap-3 sm:grid-cols-[2fr_1fr_1fr]">
      <div className="max-sm:col-span-2">
        <Field label={i18n._("Search")}>
          {(props) => (
            <Input
              {...props}
              type="search"
              value={filter.text}
              onChange={(event) => onFilter({ ...filter, text: event.target.value })}
              placeholder={i18n._("Peer ID, operator, region or type")}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
            />
          )}
        </Field>
      </div>
      <Field label={i18n._("Region")}>
        {(props) => (
          <Select
            {...props}
            value={filter.region ?? ""}
            onChange={(event) => onFilter({ ...filter, region: event.target.value || null })}
          >
            <option value="">{i18n._("All regions")}</option>
            <RegionOptions regions={regions} />
          </Select>
        )}
      </Field>
      <Field label={i18n._("Type")}>
        {(props) => (
          <Select
            {...props}
            value={filter.type ?? ""}
            onChange={(event) => onFilter({ ...filter, type: (event.target.value || null) as NodeType | null })}
          >
            <option value="">{i18n._("All types")}</option>
            <NodeTypeOptions />
          </Select>
        )}
      </Field>
      <div className="col-span-2 sm:hidden">
        <Field label={i18n._("Sort by")}>
          {(props) => (
            <Select {...props} value={order.by} onChange={(event) => onOrder(orderBy(event.target.value as SortKey))}>
              {sortKeys.map((key) => (
                <option key={key} value={key}>
                  {i18n._(sortTitles[key])}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
    </div>
  );
}
