"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import Link from "next/link";
import { memo, type ReactNode, useRef } from "react";
import { formatNumber, formatShm, nodeTypeName, regionName, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { CopyText } from "../../_shared/ui/copy-text";
import { cx } from "../../_shared/ui/cx";
import { type NodeRow, type Order, orderBy, type SortKey, sortTitles } from "../_hooks/node-list";

interface NodeColumn {
  /** In English; translated where it is shown. */
  title: string;
  /** Names of its cells on a phone, and its width beside others. */
  className: string;
  numeric?: boolean;
  sort?: SortKey;
  cell: (row: NodeRow) => ReactNode;
}

const sorted = (sort: SortKey): Pick<NodeColumn, "title" | "sort"> => ({ title: sortTitles[sort], sort });

const columns: readonly NodeColumn[] = [
  {
    title: /*i18n*/ "Peer ID",
    className: "sm:w-[19%] max-sm:col-span-2",
    cell: ({ peerId }) => (
      <Link href={nodePage(peerId)} prefetch={false} className="font-mono text-[0.88em] text-accent hover:underline">
        {shortHex(peerId)}
      </Link>
    ),
  },
  { ...sorted("type"), className: "sm:w-[12%]", cell: ({ nodeType }) => nodeTypeName(nodeType) },
  { ...sorted("region"), className: "sm:w-[16%]", cell: ({ region }) => regionName(region) },
  { ...sorted("score"), className: "sm:w-[10%]", numeric: true, cell: ({ score }) => score },
  { ...sorted("stake"), className: "sm:w-[14%]", numeric: true, cell: ({ stake }) => formatShm(stake, 2) },
  {
    ...sorted("bandwidth"),
    className: "sm:w-[13%] max-sm:col-span-2",
    numeric: true,
    cell: ({ bandwidthMbps }) => i18n._("{mbps} Mbit/s", { mbps: formatNumber(bandwidthMbps) }),
  },
  {
    title: /*i18n*/ "Operator",
    className: "sm:w-[16%] max-sm:hidden",
    numeric: true,
    cell: ({ operator }) => <CopyText text={operator} shown={shortHex(operator)} what={i18n._("operator")} />,
  },
];

export const nodePage = (peerId: string) => `/network/node/?id=${peerId}`;

interface NodeTableProps {
  rows: readonly NodeRow[];
  order: Order;
  onOrder: (order: Order) => void;
}

/** All rows behind one scroll bar; only those in sight are in the page. */
export function NodeTable({ rows, order, onOrder }: NodeTableProps) {
  const scrolled = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrolled.current,
    estimateSize: () => 41,
    getItemKey: (index) => rows[index]?.peerId ?? index,
    overscan: 8,
  });
  const items = virtualizer.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    // The keyboard gets in by the headings' buttons and the rows' links; from there the arrow keys scroll it.
    <section ref={scrolled} aria-label={i18n._("Rows")} className="max-h-[34rem] overflow-y-auto">
      <table
        aria-rowcount={rows.length + 1}
        className="w-full border-collapse text-[0.93rem] max-sm:block sm:table-fixed"
      >
        <caption className="sr-only">{i18n._("Registered nodes")}</caption>
        <thead className="sticky top-0 z-[1] bg-surface max-sm:block max-sm:not-focus-within:sr-only">
          <tr aria-rowindex={1} className="max-sm:flex max-sm:flex-wrap">
            {columns.map((column) => (
              <Heading key={column.title} column={column} order={order} onOrder={onOrder} />
            ))}
          </tr>
        </thead>
        <tbody className="max-sm:block">
          <Space height={above} />
          {items.map(({ index, key }) => {
            const row = rows[index];
            return row && <Row key={key} row={row} index={index} measure={virtualizer.measureElement} />;
          })}
          <Space height={below} />
        </tbody>
      </table>
    </section>
  );
}

interface RowProps {
  row: NodeRow;
  index: number;
  measure: (element: HTMLTableRowElement | null) => void;
}

/** Drawn once for as long as it is in sight: a key press changes few of them. */
const Row = memo(function Row({ row, index, measure }: RowProps) {
  return (
    <tr
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      className="border-line border-b max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-6 max-sm:py-2"
    >
      {columns.map(({ title, className, numeric, cell }) => (
        <td
          key={title}
          className={cx(
            "truncate px-2 py-2 first:pl-0 last:pr-0 max-sm:flex max-sm:justify-between max-sm:gap-4 max-sm:px-0 max-sm:py-0.5",
            numeric && "tabular-nums sm:text-right",
            className,
          )}
        >
          <span aria-hidden className="text-muted text-sm sm:hidden">
            {i18n._(title)}
          </span>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
});

function Heading({ column, order, onOrder }: { column: NodeColumn } & Pick<NodeTableProps, "order" | "onOrder">) {
  const { title, sort, numeric, className } = column;
  const active = sort === order.by;
  const Arrow = order.descending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={active ? (order.descending ? "descending" : "ascending") : undefined}
      className={cx(
        "border-line border-b px-2 py-1.5 font-medium text-muted text-sm first:pl-0 last:pr-0",
        numeric ? "text-right" : "text-left",
        className,
      )}
    >
      {sort ? (
        <button
          type="button"
          onClick={() => onOrder(active ? { by: sort, descending: !order.descending } : orderBy(sort))}
          className={cx("inline-flex items-center gap-1 rounded hover:text-text", active && "text-text")}
        >
          {i18n._(title)}
          {active && <Arrow aria-hidden className="size-3.5" />}
        </button>
      ) : (
        i18n._(title)
      )}
    </th>
  );
}

/** Stands for the rows that are out of sight. */
function Space({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden className="max-sm:block" style={{ height }}>
      <td />
    </tr>
  );
}
