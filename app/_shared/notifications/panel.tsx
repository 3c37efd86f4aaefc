"use client";

import type { NotificationList } from "../../../node/services/notifications/api.ts";
import { ErrorAlert } from "../node/error-alert";
import { i18n } from "../text/i18n";
import { Button, buttonClass } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Link } from "../ui/link";
import { NotificationItem } from "./item";
import { useMarkRead } from "./queries";

interface PanelProps {
  list: NotificationList;
  onClose: () => void;
}

/** The newest notifications, the unread ones marked. */
export function Panel({ list, onClose }: PanelProps) {
  const { notifications, unread, channels } = list;
  const markRead = useMarkRead();
  const failing = channels.some(({ on, failure }) => on && failure !== null);
  return (
    <Dialog title={i18n._("Notifications")} onClose={onClose}>
      <div className="grid gap-3">
        <ErrorAlert error={markRead.error} />
        {notifications.length === 0 ? (
          <p className="text-muted">
            {i18n._(
              "Nothing has happened that you should know of. A lower score, a backbone that is lost, a decision of governance, a channel or a stake that runs low would be told here.",
            )}
          </p>
        ) : (
          <ol aria-label={i18n._("Notifications")} className="grid gap-1">
            {notifications.map((notification) => (
              <NotificationItem
                key={notification.id}
                notification={notification}
                onFollow={onClose}
                onRead={() => markRead.mutate(notification.id)}
              />
            ))}
          </ol>
        )}
        <div className="flex flex-wrap items-center justify-between gap-2 border-line border-t pt-3">
          <Button disabled={unread === 0} busy={markRead.isPending} onClick={() => markRead.mutate(undefined)}>
            {i18n._("Mark all as read")}
          </Button>
          <Link href="/settings/" onClick={onClose} className={buttonClass("ghost", failing ? "text-warn" : undefined)}>
            {failing ? i18n._("Some do not arrive: see Settings") : i18n._("Settings")}
          </Link>
        </div>
      </div>
    </Dialog>
  );
}
