"use client";

import { useMemo, useState } from "react";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { formatNumber } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { useUnhurried } from "../../_shared/ui/use-unhurried";
import { countByRegion, filterRows, noFilter, orderBy, sortRows, toRow } from "../_hooks/node-list";
import { useRegistry } from "../_hooks/use-registry";
import { NodeFilters } from "./node-filters";
import { NodeTable } from "./node-table";
import { RegionMap } from "./region-map";
import { RegistrySkeleton } from "./registry-skeleton";

interface RegistryProps {
  network: Network;
  nexusAddress: `0x${string}`;
}

/** Every node of the contract: on the map, and one by one. */
export function Registry({ network, nexusAddress }: RegistryProps) {
  const { data, error } = useRegistry(network.rpcUrl, nexusAddress);
  const [filter, setFilter] = useState(noFilter);
  const [order, setOrder] = useState(orderBy("score"));
  const ready = useUnhurried(data !== undefined);
  const nodes = data?.nodes;
  const rows = useMemo(() => (nodes ?? []).map(toRow), [nodes]);
  const counts = useMemo(() => countByRegion(rows), [rows]);
  const sorted = useMemo(() => sortRows(rows, order), [rows, order]);
  const shown = useMemo(() => filterRows(sorted, filter), [sorted, filter]);
  if (!error && !ready) return <RegistrySkeleton />;
  if (!data)
    return (
      <Card title={i18n._("Registered nodes")}>
        <ExplainedError error={error} />
      </Card>
    );
  return (
    <Card
      title={i18n._("Registered nodes")}
      aside={
        <span role="status" className="text-muted text-sm tabular-nums">
          {shown.length === rows.length
            ? i18n._("{count, plural, one {# node} other {# nodes}}", { count: rows.length })
            : i18n._("{shown} of {count, plural, one {# node} other {# nodes}}", {
                shown: formatNumber(shown.length),
                count: rows.length,
              })}
        </span>
      }
    >
      <div className="space-y-4">
        <ExplainedError error={error} />
        <RegionMap
          counts={counts}
          regions={data.regions}
          selected={filter.region}
          onSelect={(region) => setFilter({ ...filter, region })}
        />
        <NodeFilters filter={filter} onFilter={setFilter} regions={data.regions} order={order} onOrder={setOrder} />
        {shown.length > 0 && <NodeTable rows={shown} order={order} onOrder={setOrder} />}
        {shown.length === 0 && rows.length > 0 && (
          <p className="flex flex-wrap items-center gap-3 text-[0.93rem] text-muted">
            {i18n._("No registered node is like that.")}
            <Button onClick={() => setFilter(noFilter)}>{i18n._("Show all")}</Button>
          </p>
        )}
        {rows.length === 0 && (
          <p className="text-[0.93rem] text-muted">{i18n._("No node is registered yet: yours can be the first.")}</p>
        )}
      </div>
    </Card>
  );
}
