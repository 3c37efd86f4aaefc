"use client";

import { formatDateTime, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { Field } from "../../_shared/ui/field";
import { Select } from "../../_shared/ui/select";
import { Skeleton } from "../../_shared/ui/skeleton";
import { useAddress } from "../_hooks/use-address";
import { useAuditEntries } from "../_hooks/use-audit";
import { AdminError } from "./admin-error";
import { HeadCard } from "./head-card";

/** What an event's type begins with; each is a question that somebody has. */
const kinds = [
  { type: "", title: /*i18n*/ "All events" },
  { type: "admin.", title: /*i18n*/ "Admins" },
  { type: "honeypot.", title: /*i18n*/ "Alerts: traps that somebody walked into" },
  { type: "sign_in.", title: /*i18n*/ "Alerts: refused sign-ins of nodes" },
  { type: "agent.", title: /*i18n*/ "Devices" },
  { type: "sessions.", title: /*i18n*/ "Sessions of nodes" },
  { type: "scores.", title: /*i18n*/ "Scores" },
] as const;

/** The audit log, newest first, and what the backbone signs of it. */
export function AuditView({ awake }: { awake: boolean }) {
  const { get, set } = useAddress();
  const kind = kinds.find(({ type }) => type === get("type")) ?? kinds[0];
  const { data, error, isPlaceholderData, hasNextPage, fetchNextPage, isFetchingNextPage } = useAuditEntries(
    kind.type,
    awake,
  );
  const entries = data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <>
      <HeadCard awake={awake} />
      <Card title={i18n._("Events")}>
        <div className="space-y-4">
          <div className="max-w-md">
            <Field label={i18n._("Show")}>
              {(props) => (
                <Select {...props} value={kind.type} onChange={(event) => set({ type: event.target.value })}>
                  {kinds.map(({ type, title }) => (
                    <option key={type} value={type}>
                      {i18n._(title)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
          <AdminError error={error} />
          {!data && !error && <Skeleton lines={8} />}
          {data && entries.length === 0 && <p className="text-muted">{i18n._("There are no such events.")}</p>}
          <ol
            aria-label={i18n._("Events")}
            aria-busy={isPlaceholderData}
            className={isPlaceholderData ? "opacity-60" : ""}
          >
            {entries.map((entry) => (
              <li
                key={entry.sequence}
                className="grid grid-cols-[3.5rem_1fr] gap-x-3 border-line border-b py-2 text-[0.93rem] last:border-b-0 sm:grid-cols-[3.5rem_10rem_1fr]"
              >
                <span className="text-muted tabular-nums">{entry.sequence}</span>
                <time dateTime={new Date(entry.atMs).toISOString()} className="text-muted tabular-nums">
                  {formatDateTime(entry.atMs)}
                </time>
                <div className="min-w-0 break-words max-sm:col-start-2">
                  <p className="font-medium font-mono text-[0.88em]">{entry.type}</p>
                  <p className="text-muted text-sm">{describe(entry)}</p>
                </div>
              </li>
            ))}
          </ol>
          {hasNextPage && (
            <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {i18n._("Show older events")}
            </Button>
          )}
        </div>
      </Card>
    </>
  );
}

interface Described {
  actor: string | null;
  subject: string | null;
  details: Record<string, unknown>;
}

function describe({ actor, subject, details }: Described): string {
  const rest = Object.entries(details).map(
    ([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
  );
  const text = [actor && i18n._("by {actor}", { actor }), subject && i18n._("on {subject}", { subject }), ...rest]
    .filter(Boolean)
    .join(" · ");
  return text.replace(/0x[0-9a-f]{32,}/gi, shortHex);
}
