"use client";

import { Trans } from "@lingui/react";
import { ArrowDown } from "lucide-react";
import { useCallback, useState } from "react";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { formatNumber } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Badge } from "../../_shared/ui/badge";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { download } from "../../_shared/ui/download";
import { Link } from "../../_shared/ui/link";
import { Skeleton } from "../../_shared/ui/skeleton";
import { useCopied } from "../../_shared/ui/use-copied";
import { useUnhurried } from "../../_shared/ui/use-unhurried";
import { filterLines, type LogFilter, linesAfter, linesText, type RunLine } from "../_hooks/log-lines";
import { useFollowing } from "../_hooks/use-following";
import { useHeld } from "../_hooks/use-held";
import { useLog } from "../_hooks/use-log";
import { LogFilters } from "./log-filters";
import { LogList } from "./log-list";

/** Lines that are drawn at once, and with each press for earlier ones. */
const step = 500;

/** The daemon's log as it grows, newest last. */
export function LogCard() {
  const [filter, setFilter] = useState<LogFilter>({ level: "trace", search: "" });
  const [most, setMost] = useState(step);
  const { data, error } = useLog();
  const ready = useUnhurried(data !== undefined);
  const { attach, following, follow, prepend } = useFollowing();
  const hold = useCallback(() => follow(false), [follow]);
  const lines = useHeld(data, !following) ?? [];
  const found = filterLines(lines, filter);
  const shown = found.slice(-most);
  const waiting = filterLines(linesAfter(data ?? [], lines.at(-1)), filter).length;
  return (
    <Card
      title={i18n._("Log")}
      aside={
        <div className="flex flex-wrap items-center gap-1">
          <State following={following} lost={error !== null} />
          <Button look="ghost" disabled={following && found.length === 0} onClick={() => follow(!following)}>
            {following ? i18n._("Pause") : i18n._("Go on")}
          </Button>
          <TakeAway lines={found} />
        </div>
      }
    >
      <LogFilters filter={filter} onChange={setFilter} shown={found.length} count={lines.length} />
      {error && !data && <ErrorAlert error={error} />}
      {!ready && !error && <Skeleton lines={8} />}
      {data && found.length === 0 && (
        <p className="text-muted">
          {lines.length === 0
            ? i18n._("Nothing is logged yet. Option log.level in Settings says what is.")
            : i18n._("No line matches. Clear the search, or take a lower level.")}
        </p>
      )}
      {ready && found.length > 0 && (
        <div className="relative">
          <section
            ref={attach}
            aria-label={i18n._("Lines")}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus
            tabIndex={0}
            className="max-h-[calc(100dvh-21rem)] min-h-48 overflow-y-auto overscroll-contain max-sm:max-h-[70dvh]"
          >
            <div>
              {shown.length < found.length && (
                <Button className="w-full" onClick={() => prepend(() => setMost(most + step))}>
                  {i18n._("Show {count} earlier lines", {
                    count: formatNumber(Math.min(step, found.length - shown.length)),
                  })}
                </Button>
              )}
              <LogList lines={shown} onOpen={hold} />
            </div>
          </section>
          {waiting > 0 && (
            <Button
              look="primary"
              className="-translate-x-1/2 absolute bottom-2 left-1/2 shadow-md"
              onClick={() => follow(true)}
            >
              <ArrowDown aria-hidden className="size-4" />
              {i18n._("{count, plural, one {# new line} other {# new lines}}", { count: waiting })}
            </Button>
          )}
        </div>
      )}
      <p className="mt-3 text-muted text-sm">
        <Trans
          id="These are the newest lines, 2,000 at the most; all of them go to the daemon's standard error, or to the file that <0>log.file</0> names."
          components={{ 0: <code className="font-mono" /> }}
        />
      </p>
      <p className="mt-1 text-muted text-sm">
        <Trans
          id="To report a bug, go to <0>Diagnostics</0>: its report leaves out addresses and folders."
          components={{ 0: <Link href="/diagnostics/" className="font-medium text-accent underline" /> }}
        />
      </p>
    </Card>
  );
}

function State({ following, lost }: { following: boolean; lost: boolean }) {
  if (lost) return <Badge tone="warn">{i18n._("Connecting")}</Badge>;
  return following ? <Badge tone="ok">{i18n._("Live")}</Badge> : <Badge>{i18n._("Paused")}</Badge>;
}

/** All that the filter leaves, drawn or not. */
function TakeAway({ lines }: { lines: readonly RunLine[] }) {
  const [copied, copy] = useCopied();
  const none = lines.length === 0;
  return (
    <>
      <Button look="ghost" disabled={none} onClick={() => copy(linesText(lines))}>
        {copied ? i18n._("Copied") : i18n._("Copy")}
      </Button>
      <Button
        look="ghost"
        disabled={none}
        onClick={() => {
          const at = new Date().toISOString().slice(0, 19).replaceAll(":", "");
          download(`shadowmesh-log-${at}.txt`, "text/plain;charset=utf-8", linesText(lines));
        }}
      >
        {i18n._("Save")}
      </Button>
    </>
  );
}
