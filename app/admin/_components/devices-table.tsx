"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import type { ListedDevice } from "../../../node/backbone/pool/api.ts";
import {
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  regionName,
  shortHex,
} from "../../_shared/node/format";
import { useNow } from "../../_shared/node/use-now";
import { i18n } from "../../_shared/text/i18n";
import { Badge } from "../../_shared/ui/badge";
import { cx } from "../../_shared/ui/cx";
import { type Column, Table } from "../../_shared/ui/table";
import type { DeviceFilter, DeviceSort } from "../_hooks/use-devices";
import { sortNames } from "./device-filters";

interface DevicesTableProps {
  devices: readonly ListedDevice[];
  filter: DeviceFilter;
  onChange: (changes: Record<string, string>) => void;
  onOpen: (device: ListedDevice) => void;
}

export function DevicesTable({ devices, filter, onChange, onOpen }: DevicesTableProps) {
  const sortable = (sort: DeviceSort, numeric = false) => {
    const active = filter.sort === sort;
    const order = active && filter.order === "asc" ? "desc" : "asc";
    const heading = (
      <SortButton
        active={active}
        descending={filter.order === "desc"}
        numeric={numeric}
        onClick={() => onChange({ sort, order })}
      >
        {i18n._(sortNames[sort])}
      </SortButton>
    );
    const sorted = active ? (filter.order === "asc" ? "ascending" : "descending") : "none";
    return { title: i18n._(sortNames[sort]), heading, sorted, numeric } as const;
  };
  const columns: Column<ListedDevice>[] = [
    {
      ...sortable("node"),
      cell: (device) => (
        <button
          type="button"
          aria-label={i18n._("Device {node}", { node: device.node })}
          className="font-medium text-accent tabular-nums underline-offset-2 hover:underline max-sm:min-h-9"
          onClick={() => onOpen(device)}
        >
          {device.node}
        </button>
      ),
    },
    { title: i18n._("State"), cell: ({ online }) => <State online={online} /> },
    {
      title: i18n._("Owner"),
      cell: ({ peerId }) => <code className="font-mono text-[0.88em]">{shortHex(peerId)}</code>,
      wide: true,
    },
    { title: i18n._("Region"), cell: ({ region }) => regionName(region), wide: true },
    { title: i18n._("Platform"), cell: ({ platform }) => platform, wide: true },
    { ...sortable("cores", true), cell: ({ offered }) => formatNumber(offered.cores) },
    { ...sortable("memoryBytes", true), cell: ({ offered }) => formatBytes(offered.memoryBytes) },
    { ...sortable("loadPercent", true), cell: ({ loadPercent }) => formatPercent(Math.round(loadPercent)) },
    { ...sortable("lastSeenMs", true), cell: ({ lastSeenMs }) => <Ago atMs={lastSeenMs} />, wide: true },
  ];
  return <Table caption={i18n._("Devices")} columns={columns} rows={devices} rowKey={keyOf} />;
}

const keyOf = ({ node }: ListedDevice) => String(node);

export function State({ online }: { online: boolean }) {
  return online ? <Badge tone="ok">{i18n._("Online")}</Badge> : <Badge>{i18n._("Offline")}</Badge>;
}

interface SortButtonProps {
  active: boolean;
  descending: boolean;
  numeric: boolean;
  onClick: () => void;
  children: ReactNode;
}

function SortButton({ active, descending, numeric, onClick, children }: SortButtonProps) {
  const Arrow = descending ? ArrowDown : ArrowUp;
  return (
    <button
      type="button"
      onClick={onClick}
      className={cx(
        "inline-flex items-center gap-1 hover:text-text",
        numeric && "flex-row-reverse",
        active && "text-text",
      )}
    >
      {children}
      <Arrow aria-hidden className={cx("size-3.5", !active && "invisible")} />
    </button>
  );
}

/** How long ago; the backbone's clock may be ahead of ours. */
export function Ago({ atMs }: { atMs: number }) {
  const now = useNow();
  const ago = now === null ? 0 : Math.max(0, now - atMs);
  return (
    <time dateTime={new Date(atMs).toISOString()} className="whitespace-nowrap">
      {ago < 10_000 ? i18n._("now") : i18n._("{time} ago", { time: formatDuration(ago) })}
    </time>
  );
}
