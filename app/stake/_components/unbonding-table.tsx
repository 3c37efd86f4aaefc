"use client";

import type { OpenPlan } from "../../_shared/chain/use-plan";
import { formatDateTime, formatDuration, formatShm, shortHex } from "../../_shared/node/format";
import { Button } from "../../_shared/ui/button";
import { type Column, Table } from "../../_shared/ui/table";
import type { StakedNode } from "../_hooks/nodes";
import { readyAt, rebondPlan, withdrawPlan } from "../_hooks/plans";
import { withoutDust } from "../_hooks/pool-math";
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
    { title: "Unbonding from", wide: true, cell: ({ pool }) => shortHex(peerIdOf.get(pool) ?? "") },
    { title: "Amount", wide: true, numeric: true, cell: ({ wei }) => formatShm(withoutDust(wei), 6) },
    {
      title: "Ready",
      wide: true,
      numeric: true,
      cell: ({ availableAtMs }) =>
        availableAtMs <= now ? "now" : `in ${formatDuration(availableAtMs - now)}, ${formatDateTime(availableAtMs)}`,
    },
    {
      title: "Actions",
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
              Stake again
            </Button>
          )}
          <Button
            busy={plan.busy}
            disabled={!ready.has(unbonding)}
            onClick={() => plan.review(withdrawPlan([unbonding]))}
          >
            Withdraw
          </Button>
        </span>
      ),
    },
  ];
  return (
    <Table
      caption="Unbonding"
      columns={columns}
      rows={positions.flatMap(({ unbondings }) => unbondings)}
      rowKey={({ pool, index }) => `${pool} ${index}`}
    />
  );
}
