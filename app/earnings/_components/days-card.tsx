"use client";

import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { formatDateTime, formatNumber, formatShm } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { download } from "../../_shared/ui/download";
import { Skeleton } from "../../_shared/ui/skeleton";
import { type Column, Table } from "../../_shared/ui/table";
import { byDay, type Day, daysCsv } from "../_hooks/days";
import { usePayments } from "../_hooks/use-payments";

const columns = (): Column<Day>[] => [
  { title: i18n._("Day (UTC)"), cell: ({ date }) => date },
  { title: i18n._("Payments"), numeric: true, cell: ({ payments }) => formatNumber(payments) },
  { title: i18n._("Commission"), numeric: true, cell: ({ commissionWei }) => formatShm(commissionWei, 6) },
  { title: i18n._("To stake"), numeric: true, cell: ({ toStakeWei }) => formatShm(toStakeWei, 6) },
];

interface DaysCardProps {
  network: Network;
  nexusAddress: `0x${string}`;
  peerId: string;
}

/** What the contract paid the node, day by day. */
export function DaysCard({ network, nexusAddress, peerId }: DaysCardProps) {
  const { payments, sinceMs, error } = usePayments(network, nexusAddress, peerId);
  const days = byDay(payments ?? []);
  return (
    <Card
      title={i18n._("By day")}
      lead={
        sinceMs !== undefined &&
        i18n._("What the contract paid since {time}: redeemed vouchers, and rewards of others.", {
          time: formatDateTime(sinceMs),
        })
      }
      aside={
        days.length > 0 && (
          <Button onClick={() => download("shadowmesh-earnings.csv", "text/csv", daysCsv(days))}>
            {i18n._("Export CSV")}
          </Button>
        )
      }
    >
      {/* A chain that the daemon cannot reach either is the page's banner already. */}
      {network.state === "connected" && <ExplainedError error={error} />}
      {!payments && !error && <Skeleton lines={3} />}
      {payments && days.length === 0 && (
        <p className="text-muted">
          {i18n._("Nothing was paid in this time. Once vouchers are redeemed, each day is listed here.")}
        </p>
      )}
      {days.length > 0 && (
        <Table caption={i18n._("By day")} columns={columns()} rows={days} rowKey={({ date }) => date} />
      )}
    </Card>
  );
}
