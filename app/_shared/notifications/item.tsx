"use client";

import { formatDateTime } from "../node/format";
import { i18n } from "../text/i18n";
import { Badge, type Tone } from "../ui/badge";
import { Button } from "../ui/button";
import { Link } from "../ui/link";
import type { Notification } from "./queries";

const severities: Record<Notification["severity"], { tone: Tone; word: string }> = {
  info: { tone: "neutral", word: /*i18n*/ "Note" },
  warning: { tone: "warn", word: /*i18n*/ "Warning" },
  critical: { tone: "bad", word: /*i18n*/ "Critical" },
};

interface ItemProps {
  notification: Notification;
  onRead: () => void;
  /** When its link is followed. */
  onFollow?: () => void;
}

/** What happened, when, and where more of it is told. */
export function NotificationItem({ notification, onRead, onFollow }: ItemProps) {
  const { atMs, endedAtMs, link, readAtMs, sentence, severity } = notification;
  const { tone, word } = severities[severity];
  const unread = readAtMs === null;
  const follow = () => {
    if (unread) onRead();
    onFollow?.();
  };
  return (
    <li
      data-unread={unread || undefined}
      className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 border-line border-b py-2 last:border-0"
    >
      <div className="min-w-0 flex-1 basis-64">
        <p className={unread ? "break-words font-medium" : "break-words text-muted"}>{sentence}</p>
        <p className="mt-1 flex flex-wrap items-center gap-2 text-muted text-sm tabular-nums">
          <Badge tone={unread && endedAtMs === null ? tone : "neutral"}>{i18n._(word)}</Badge>
          <time dateTime={new Date(atMs).toISOString()}>{formatDateTime(atMs)}</time>
          {endedAtMs !== null && <span>{i18n._("over since {time}", { time: formatDateTime(endedAtMs) })}</span>}
        </p>
      </div>
      <span className="flex gap-1">
        <Link
          href={link}
          onClick={follow}
          aria-label={i18n._("Show more: {sentence}", { sentence })}
          className="rounded-md px-2 py-1.5 font-medium text-accent text-sm hover:bg-raised"
        >
          {i18n._("Show")}
        </Link>
        {unread && (
          <Button
            look="ghost"
            className="text-sm"
            aria-label={i18n._("Mark as read: {sentence}", { sentence })}
            onClick={onRead}
          >
            {i18n._("Read")}
          </Button>
        )}
      </span>
    </li>
  );
}
