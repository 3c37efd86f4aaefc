"use client";

import { withoutDust } from "../../_shared/chain/pool-math";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { formatDateTime, formatDuration, formatShm, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { type Column, Table } from "../../_shared/ui/table";
import type { StakedNode } from "../_hooks/nodes";
import { readyAt, rebondPlan, withdrawPlan } from "../_hooks/plans";
import type { Position, Unbonding } from "../_hooks/positions";

interface UnbondingTableProps {
  positions: readonly Position[];
  now: number;
  nodes: readonly StakedNode[] | undefined;
  plan: OpenPlan;
}

/** What was taken out, with a countdown to when it is paid. */
export function UnbondingTable({ positions, now, nodes, plan }: UnbondingTableProps) {
  const ready = new Set(readyAt(positions, now));
  const peerIdOf = new Map(positions.map(({ pool, peerId }) => [pool, peerId]));
  const open = new Set(nodes?.map(({ pool }) => pool.pool));
  const columns: Column<Unbonding>[] = [
    { title: i18n._("Unbonding from"), wide: true, cell: ({ pool }) => shortHex(peerIdOf.get(pool) ?? "") },
    { title: i18n._("Amount"), wide: true, numeric: true, cell: ({ wei }) => formatShm(withoutDust(wei), 6) },
    {
      title: i18n._("Ready"),
      wide: true,
      numeric: true,
      cell: ({ availableAtMs }) =>
        availableAtMs <= now
          ? i18n._("now")
          : i18n._("in {span}, {time}", {
              span: formatDuration(availableAtMs - now),
              time: formatDateTime(availableAtMs),
            }),
    },
    {
      title: i18n._("Actions"),
      untitled: true,
      wide: true,
      numeric: true,
      cell: (unbonding) => (
        <span className="inline-flex flex-wrap justify-end gap-2">
          {open.has(unbonding.pool) && (
            <Button
              busy={plan.busy}
              onClick={() => plan.review(rebondPlan(unbonding, peerIdOf.get(unbonding.pool) ?? ""))}
            >
              {i18n._("Stake again")}
            </Button>
          )}
          <Button
            busy={plan.busy}
            disabled={!ready.has(unbonding)}
            onClick={() => plan.review(withdrawPlan([unbonding]))}
          >
            {i18n._("Withdraw")}
          </Button>
        </span>
      ),
    },
  ];
  return (
    <Table
      caption={i18n._("Unbonding")}
      columns={columns}
      rows={positions.flatMap(({ unbondings }) => unbondings)}
      rowKey={({ pool, index }) => `${pool} ${index}`}
    />
  );
}
