"use client";

import type { NodeStatus } from "../../node/api/daemon.ts";
import type { Welcome } from "../../node/api/welcome.ts";
import { ErrorAlert } from "../_shared/node/error-alert";
import { useWelcome } from "../_shared/node/welcome";
import { NotificationItem } from "../_shared/notifications/item";
import { useMarkRead, useNotifications } from "../_shared/notifications/queries";
import { i18n } from "../_shared/text/i18n";
import { Badge } from "../_shared/ui/badge";
import { Card } from "../_shared/ui/card";
import { Link } from "../_shared/ui/link";
import { Skeleton } from "../_shared/ui/skeleton";
import { useUnhurried } from "../_shared/ui/use-unhurried";
import { registrationState } from "./registration-state";

/** More of them are in the panel of all. */
const mostShown = 5;

/** What waits for the owner: unread warnings, and what is known to be amiss with this node. */
export function AttentionCard({ status }: { status: NodeStatus }) {
  const { data, error } = useNotifications();
  const ready = useUnhurried(data !== undefined);
  const markRead = useMarkRead();
  const warnings = (data?.notifications ?? []).filter(
    ({ readAtMs, severity }) => readAtMs === null && severity !== "info",
  );
  const standing = standingTasks(status, useWelcome().data);
  const count = warnings.length + standing.length;
  // A chain that is away is the page's banner, and no reason to say that all is well.
  const well = ready && count === 0 && status.chain.state === "connected";
  return (
    <Card
      title={i18n._("Needs attention")}
      aside={
        well ? (
          <Badge tone="ok">{i18n._("Nothing")}</Badge>
        ) : (
          count > 0 && (
            <Badge tone="warn">{i18n._("{count, plural, one {# matter} other {# matters}}", { count })}</Badge>
          )
        )
      }
    >
      {!ready && !error && <Skeleton lines={2} />}
      <ErrorAlert error={data ? null : error} />
      {well && <p className="text-muted">{i18n._("All that this node watches for is well.")}</p>}
      {ready && count === 0 && !well && (
        <p className="text-muted">{i18n._("Nothing is known to be amiss; the chain cannot be asked now.")}</p>
      )}
      <ErrorAlert error={markRead.error} />
      <ul aria-label={i18n._("Needs attention")} className="grid gap-1 empty:hidden">
        {standing.map(({ sentence, href, action }) => (
          <li
            key={href}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-line border-b py-2 last:border-0"
          >
            <p className="min-w-0 flex-1 basis-64 font-medium">{sentence}</p>
            <Link href={href} className="rounded-md px-2 py-1.5 font-medium text-accent text-sm hover:bg-raised">
              {action}
            </Link>
          </li>
        ))}
        {warnings.slice(0, mostShown).map((notification) => (
          <NotificationItem
            key={notification.id}
            notification={notification}
            onRead={() => markRead.mutate(notification.id)}
          />
        ))}
      </ul>
      {warnings.length > mostShown && (
        <p className="mt-2 text-muted text-sm">
          {i18n._("{count} more are behind the bell, above.", { count: warnings.length - mostShown })}
        </p>
      )}
    </Card>
  );
}

interface Task {
  sentence: string;
  href: string;
  action: string;
}

/** What stays amiss until somebody sees to it; the page's banners tell of a daemon or a chain that is gone. */
function standingTasks(status: NodeStatus, welcome: Welcome | undefined): Task[] {
  return [backupTask(welcome), registrationTask(status)].filter((task) => task !== null);
}

/** A backup that was never confirmed; who was shown the words elsewhere than on Welcome is not asked. */
function backupTask(welcome: Welcome | undefined): Task | null {
  const { phrase } = welcome ?? {};
  if (phrase === undefined || phrase.confirmedAtMs !== null || (phrase.shown && !phrase.skipped)) return null;
  const sentence = i18n._("This node has no backup: a broken disk would end it.");
  return { sentence, href: "/welcome/?step=backup", action: i18n._("Back it up") };
}

function registrationTask(status: NodeStatus): Task | null {
  const { registration, progress, viewOnly } = status;
  if (registration === null) {
    // It may well stay unregistered.
    if (viewOnly || registrationState(status) === "unknown") return null;
    const sentence = i18n._("The contract does not know this node yet: nobody finds it.");
    return { sentence, href: "/operate/", action: i18n._("Register") };
  }
  if (!registration.active) {
    const sentence = i18n._("This node is leaving. Its stake can be withdrawn once the unbonding is over.");
    return { sentence, href: "/operate/", action: i18n._("Show") };
  }
  const failed = progress.find(({ state }) => state === "failed");
  return failed === undefined ? null : { sentence: failed.detail, href: "/logs/", action: i18n._("Read the log") };
}
