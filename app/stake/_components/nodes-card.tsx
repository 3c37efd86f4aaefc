"use client";

import { useDeferredValue, useMemo, useState } from "react";
import type { NodeType } from "../../../node/core/schema.ts";
import { type BlockTimes, useBlockTimes } from "../../_shared/chain/block-times";
import type { Network } from "../../_shared/chain/network";
import {
  formatBps,
  formatDate,
  formatDateTime,
  formatDuration,
  formatNumber,
  formatPercent,
  formatShm,
  nodeTypeName,
  regionName,
  shortHex,
} from "../../_shared/node/format";
import { NodeTypeOptions, RegionOptions } from "../../_shared/node/options";
import { useNow } from "../../_shared/node/use-now";
import { i18n } from "../../_shared/text/i18n";
import { Badge } from "../../_shared/ui/badge";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { Field } from "../../_shared/ui/field";
import { Input } from "../../_shared/ui/input";
import { Select } from "../../_shared/ui/select";
import { Skeleton } from "../../_shared/ui/skeleton";
import { type Column, Table } from "../../_shared/ui/table";
import { Tip } from "../../_shared/ui/tip";
import { type ComparedNode, type Filter, filterNodes, type SortKey } from "../_hooks/comparison";
import { ScoreLine } from "./score-line";

const sorts: Record<SortKey, string> = {
  score: /*i18n*/ "Best score",
  rewards: /*i18n*/ "Most rewards",
  commission: /*i18n*/ "Lowest commission",
  stake: /*i18n*/ "Most stake",
  bandwidth: /*i18n*/ "Most bandwidth",
  heartbeat: /*i18n*/ "Last heard of",
};
const shownAtOnce = 50;

interface NodesCardProps {
  network: Network;
  nodes: readonly ComparedNode[] | undefined;
  priceWeiPerGiB: bigint | undefined;
  /** Since when the chain's events were read. */
  sinceMs: number | undefined;
  onStake: (peerId: string) => void;
}

/** Every node that takes stake, side by side. */
export function NodesCard({ nodes, priceWeiPerGiB, ...props }: NodesCardProps) {
  return (
    <Card
      title={i18n._("Nodes to stake on")}
      aside={
        priceWeiPerGiB !== undefined && (
          <span className="flex items-center gap-1 text-muted text-sm">
            {i18n._("Users pay {price} per GiB", { price: formatShm(priceWeiPerGiB, 6) })}
            <Tip about={i18n._("the price")}>
              {i18n._(
                "Governance sets one price for all nodes. What a node earns beyond its commission raises what each staker's part of its stake is worth.",
              )}
            </Tip>
          </span>
        )
      }
    >
      {nodes ? <Nodes {...props} nodes={nodes} /> : <Skeleton lines={6} />}
    </Card>
  );
}

function Nodes({
  network,
  nodes,
  sinceMs,
  onStake,
}: Omit<NodesCardProps, "nodes" | "priceWeiPerGiB"> & { nodes: readonly ComparedNode[] }) {
  const [filter, setFilter] = useState<Filter>({ text: "", type: "", region: "", sort: "score" });
  const [shown, setShown] = useState(shownAtOnce);
  const deferred = useDeferredValue(filter);
  const regions = useMemo(() => [...new Set(nodes.map(({ region }) => region))].sort(), [nodes]);
  const found = useMemo(() => filterNodes(nodes, deferred), [nodes, deferred]);
  const rows = found.slice(0, shown);
  const times = useBlockTimes(
    network,
    rows.flatMap(({ story }) => story.commissions.at(-1)?.blockNumber ?? []),
  );
  const now = useNow();
  const change = (part: Partial<Filter>) => {
    setFilter((before) => ({ ...before, ...part }));
    setShown(shownAtOnce);
  };
  if (nodes.length === 0) {
    return <p className="text-muted">{i18n._("No node is registered yet. Once one is, it appears here by itself.")}</p>;
  }
  return (
    <div className="space-y-3">
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <Field label={i18n._("Search")}>
          {(props) => (
            <Input
              {...props}
              type="search"
              placeholder={i18n._("Peer ID or operator")}
              autoComplete="off"
              value={filter.text}
              onChange={(event) => change({ text: event.target.value })}
            />
          )}
        </Field>
        <Field label={i18n._("Type")}>
          {(props) => (
            <Select
              {...props}
              value={filter.type}
              onChange={(event) => change({ type: event.target.value as NodeType })}
            >
              <option value="">{i18n._("All types")}</option>
              <NodeTypeOptions />
            </Select>
          )}
        </Field>
        <Field label={i18n._("Region")}>
          {(props) => (
            <Select {...props} value={filter.region} onChange={(event) => change({ region: event.target.value })}>
              <option value="">{i18n._("All regions")}</option>
              <RegionOptions regions={regions} />
            </Select>
          )}
        </Field>
        <Field label={i18n._("Sort by")}>
          {(props) => (
            <Select
              {...props}
              value={filter.sort}
              onChange={(event) => change({ sort: event.target.value as SortKey })}
            >
              {Object.entries(sorts).map(([key, label]) => (
                <option key={key} value={key}>
                  {i18n._(label)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <p aria-live="polite" className="text-muted text-sm">
        {found.length === nodes.length
          ? i18n._("{count} nodes", { count: formatNumber(nodes.length) })
          : i18n._("{found} of {count} nodes", {
              found: formatNumber(found.length),
              count: formatNumber(nodes.length),
            })}
        {sinceMs !== undefined && i18n._("; scores and rewards since {time}", { time: formatDateTime(sinceMs) })}
      </p>
      {found.length === 0 ? (
        <p className="text-muted">{i18n._("No node matches. Clear the search, or choose another type or region.")}</p>
      ) : (
        <Table
          caption={i18n._("Nodes to stake on")}
          columns={columnsOf(now, times, onStake)}
          rows={rows}
          rowKey={({ peerId }) => peerId}
        />
      )}
      {found.length > shown && (
        <Button onClick={() => setShown(shown + shownAtOnce)}>
          {i18n._("Show {count} more", { count: Math.min(shownAtOnce, found.length - shown) })}
        </Button>
      )}
    </div>
  );
}

function columnsOf(now: number | null, times: BlockTimes, onStake: (peerId: string) => void): Column<ComparedNode>[] {
  return [
    {
      title: i18n._("Node"),
      wide: true,
      cell: ({ peerId, nodeType, region }) => (
        <span className="block">
          <CopyText text={peerId} shown={shortHex(peerId)} what={i18n._("peer ID")} />
          <span className="block text-muted text-sm">
            {nodeTypeName(nodeType)}, {regionName(region)}
          </span>
        </span>
      ),
    },
    {
      title: i18n._("Score"),
      numeric: true,
      cell: ({ score, story }) => (
        <span className="inline-flex items-center justify-end gap-2">
          <ScoreLine scores={story.scores} />
          {score}
        </span>
      ),
    },
    { title: i18n._("Stake"), numeric: true, cell: ({ pool }) => formatShm(pool.stake, 2) },
    {
      title: i18n._("Commission"),
      wide: true,
      numeric: true,
      cell: ({ pool, story }) => {
        const changedAtMs = times.get(story.commissions.at(-1)?.blockNumber ?? -1n);
        return (
          <span className="block">
            <span className="inline-flex flex-wrap items-center justify-end gap-1.5">
              {formatBps(pool.commissionBps)}
              {pool.nextCommissionAt > 0n && (
                <Badge tone="warn">{i18n._("soon {percent}", { percent: formatBps(pool.nextCommissionBps) })}</Badge>
              )}
            </span>
            {changedAtMs !== undefined && (
              <span className="block text-muted text-sm">
                {i18n._("since {date}", { date: formatDate(changedAtMs) })}
              </span>
            )}
          </span>
        );
      },
    },
    {
      title: i18n._("Rewards"),
      wide: true,
      numeric: true,
      cell: ({ story }) => (story.rewardPercent ? formatPercent(story.rewardPercent) : i18n._("none")),
    },
    {
      title: i18n._("Heard of"),
      wide: true,
      numeric: true,
      cell: ({ lastSeenMs }) =>
        now === null ? "" : i18n._("{time} ago", { time: formatDuration(Math.max(0, now - lastSeenMs)) }),
    },
    {
      title: i18n._("Actions"),
      untitled: true,
      wide: true,
      numeric: true,
      cell: ({ peerId, pool }) => (
        <span className="inline-flex items-center gap-2">
          {now !== null && Number(pool.frozenUntil) * 1_000 > now && <Badge tone="bad">{i18n._("Reported")}</Badge>}
          <Button
            aria-label={i18n._("Stake SHM on {peerId}", { peerId: shortHex(peerId) })}
            onClick={() => onStake(peerId)}
          >
            {i18n._("Stake SHM")}
          </Button>
        </span>
      ),
    },
  ];
}
