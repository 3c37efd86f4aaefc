"use client";

import { useState } from "react";
import { useBlockTimes } from "../../_shared/chain/block-times";
import type { Network } from "../../_shared/chain/network";
import { withoutDust } from "../../_shared/chain/pool-math";
import type { History } from "../../_shared/chain/use-history";
import { formatDateTime, formatShm, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Badge } from "../../_shared/ui/badge";
import { Button } from "../../_shared/ui/button";
import { CopyText } from "../../_shared/ui/copy-text";
import { type Column, Table } from "../../_shared/ui/table";
import type { Movement } from "../_hooks/movements";

const shownAtOnce = 10;

interface RewardsTableProps {
  network: Network;
  /** Oldest first. */
  rewards: readonly Movement[];
  history: History;
}

/** Each reward of which the account had a part, and each penalty, the newest first. */
export function RewardsTable({ network, rewards, history }: RewardsTableProps) {
  const [shown, setShown] = useState(shownAtOnce);
  const rows = rewards.toReversed().slice(0, shown);
  const times = useBlockTimes(
    network,
    rows.map(({ blockNumber }) => blockNumber),
  );
  const columns: Column<Movement>[] = [
    {
      title: i18n._("Time"),
      wide: true,
      cell: ({ blockNumber }) => {
        const atMs = times.get(blockNumber);
        return atMs === undefined ? "" : formatDateTime(atMs);
      },
    },
    {
      title: i18n._("Node"),
      wide: true,
      cell: ({ peerId }) => <CopyText text={peerId ?? ""} shown={shortHex(peerId ?? "")} what={i18n._("peer ID")} />,
    },
    {
      title: i18n._("Amount"),
      wide: true,
      numeric: true,
      cell: ({ kind, wei }) => (
        <span className="inline-flex flex-wrap items-center justify-end gap-2">
          {kind === "penalty" && <Badge tone="bad">{i18n._("Penalty")}</Badge>}
          {kind === "penalty" ? `−${formatShm(withoutDust(wei), 6)}` : formatShm(withoutDust(wei), 6)}
        </span>
      ),
    },
  ];
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="font-semibold text-[0.93rem]">{i18n._("Rewards")}</h3>
        {!history.complete && (
          <p className="text-muted text-sm">
            {i18n._("Since {time}; the CSV file has the earlier ones, too.", { time: formatDateTime(history.sinceMs) })}
          </p>
        )}
      </div>
      {rows.length === 0 ? (
        <p className="text-muted">
          {i18n._("None yet. Each is listed here, and is part of what your stake is worth.")}
        </p>
      ) : (
        <Table
          caption={i18n._("Rewards")}
          columns={columns}
          rows={rows}
          rowKey={({ blockNumber, logIndex }) => `${blockNumber} ${logIndex}`}
        />
      )}
      {rewards.length > shown && (
        <Button onClick={() => setShown(shown + shownAtOnce)}>
          {i18n._("Show {count} more", { count: Math.min(shownAtOnce, rewards.length - shown) })}
        </Button>
      )}
    </div>
  );
}
