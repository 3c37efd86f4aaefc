"use client";

import { formatBytes, formatTime, regionName } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Badge, type Tone } from "../../_shared/ui/badge";
import { Card } from "../../_shared/ui/card";
import { type ShownEvent, usePoolEvents } from "../_hooks/use-pool-events";

const words: Record<ShownEvent["type"], { tone: Tone; word: string }> = {
  joined: { tone: "ok", word: /*i18n*/ "Joined" },
  left: { tone: "neutral", word: /*i18n*/ "Left" },
  changed: { tone: "accent", word: /*i18n*/ "Changed" },
  alert: { tone: "bad", word: /*i18n*/ "Alert" },
};

/** What happens in the pool, newest first. */
export function EventsCard() {
  const { events, live } = usePoolEvents();
  return (
    <Card
      title={i18n._("Events")}
      aside={live ? <Badge tone="ok">{i18n._("Live")}</Badge> : <Badge tone="warn">{i18n._("Connecting")}</Badge>}
      className="lg:max-h-[calc(100dvh-12rem)] lg:overflow-y-auto"
    >
      {events.length === 0 ? (
        <p className="text-muted">
          {i18n._("Devices that join, leave or change what they offer appear here as it happens.")}
        </p>
      ) : (
        <ol aria-label={i18n._("Events")} aria-live="polite" className="grid gap-2">
          {events.map((event) => (
            <li key={event.id} className="grid grid-cols-[auto_5.25rem_1fr] items-baseline gap-x-3 text-[0.93rem]">
              <time dateTime={event.at} className="text-muted text-sm tabular-nums">
                {formatTime(Date.parse(event.at))}
              </time>
              <span>
                <Badge tone={words[event.type].tone}>{i18n._(words[event.type].word)}</Badge>
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
    node === null ? null : i18n._("Device {node}", { node }),
    region === null ? null : regionName(region),
    code,
    offered &&
      i18n._("{cores, plural, one {# core} other {# cores}}, {memory} of memory", {
        cores: offered.cores,
        memory: formatBytes(offered.memoryBytes),
      }),
  ];
  return parts.filter(Boolean).join(" · ");
}
