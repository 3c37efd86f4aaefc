"use client";

import { formatBytes, formatNumber, formatTime, regionName } from "../../_shared/node/format";
import { Badge, type Tone } from "../../_shared/ui/badge";
import { Card } from "../../_shared/ui/card";
import { type ShownEvent, usePoolEvents } from "../_hooks/use-pool-events";

const words: Record<ShownEvent["type"], { tone: Tone; word: string }> = {
  joined: { tone: "ok", word: "Joined" },
  left: { tone: "neutral", word: "Left" },
  changed: { tone: "accent", word: "Changed" },
  alert: { tone: "bad", word: "Alert" },
};

/** What happens in the pool, newest first. */
export function EventsCard() {
  const { events, live } = usePoolEvents();
  return (
    <Card
      title="Events"
      aside={live ? <Badge tone="ok">Live</Badge> : <Badge tone="warn">Connecting</Badge>}
      className="lg:max-h-[calc(100dvh-12rem)] lg:overflow-y-auto"
    >
      {events.length === 0 ? (
        <p className="text-muted">Devices that join, leave or change what they offer appear here as it happens.</p>
      ) : (
        <ol aria-label="Events" aria-live="polite" className="grid gap-2">
          {events.map((event) => (
            <li key={event.id} className="grid grid-cols-[auto_5.25rem_1fr] items-baseline gap-x-3 text-[0.93rem]">
              <time dateTime={event.at} className="text-muted text-sm tabular-nums">
                {formatTime(Date.parse(event.at))}
              </time>
              <span>
                <Badge tone={words[event.type].tone}>{words[event.type].word}</Badge>
              </span>
              <span className="min-w-0 break-words">{describe(event)}</span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function describe({ node, region, offered, code }: ShownEvent): string {
  const parts = [
    node === null ? null : `Device ${node}`,
    region === null ? null : regionName(region),
    code,
    offered && `${formatNumber(offered.cores)} cores, ${formatBytes(offered.memoryBytes)} of memory`,
  ];
  return parts.filter(Boolean).join(" · ");
}
