"use client";

import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { useChainNow } from "../../_shared/chain/use-chain-now";
import { formatDateTime, formatDuration } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Badge } from "../../_shared/ui/badge";
import { Card } from "../../_shared/ui/card";
import { useDecisions } from "../_hooks/governance";
import type { StakedNode } from "../_hooks/nodes";
import { leaveBefore } from "../_hooks/plans";
import type { Position } from "../_hooks/positions";

interface DecisionsCardProps {
  network: Network;
  nexusAddress: `0x${string}`;
  positions: readonly Position[] | undefined;
  nodes: readonly StakedNode[] | undefined;
}

/** What governance has decided and what leaving before means; nothing where nothing waits. */
export function DecisionsCard({ network, nexusAddress, positions = [], nodes = [] }: DecisionsCardProps) {
  const { data: decisions, error } = useDecisions(network, nexusAddress);
  const now = useChainNow(network);
  if (error && !decisions && network.state === "connected") {
    return (
      <Card title={i18n._("Decided by governance")} lead={i18n._("What waits cannot be read now.")}>
        <ExplainedError error={error} />
      </Card>
    );
  }
  if (!decisions || decisions.length === 0 || now === null) return null;
  const mine = new Set(positions.map(({ pool }) => pool));
  const periods = nodes.filter(({ pool }) => mine.size === 0 || mine.has(pool.pool)).map((node) => node.unbondingMs);
  const unbondingMs = Math.max(0, ...periods);
  return (
    <Card
      title={i18n._("Decided by governance")}
      lead={i18n._("Each change waits in public, so that whoever disagrees can leave first.")}
    >
      <ul className="space-y-4">
        {decisions.map(({ id, calls, upgrade, readyAtMs }) => (
          <li key={id} className="space-y-1">
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone={upgrade ? "warn" : "accent"}>
                {i18n._("{kind, select, upgrade {Upgrade} other {Change}}", { kind: upgrade ? "upgrade" : "change" })}
              </Badge>
              <span className="font-medium">
                {readyAtMs > now
                  ? i18n._("In {span}, on {time}", {
                      span: formatDuration(readyAtMs - now),
                      time: formatDateTime(readyAtMs),
                    })
                  : i18n._("Can take effect at any moment")}
              </span>
            </p>
            {calls.map((call) => (
              <p key={call} className="break-all font-mono text-sm">
                {call}
              </p>
            ))}
            <p className="text-muted text-sm">{leaveBefore(readyAtMs, unbondingMs, now)}</p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
