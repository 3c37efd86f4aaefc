"use client";

import { Bell as BellIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { i18n } from "../text/i18n";
import { buttonClass } from "../ui/button";
import { later } from "../ui/later";
import { showInBrowser } from "./browser";
import { useNotifications } from "./queries";

const Panel = later(() => import("./panel").then((module) => module.Panel));

/** More are no more news. */
const mostShown = 99;

/** How much is unread, and the way to it; tells the browser, too, where the owner asked for that. */
export function Bell() {
  const { data } = useNotifications();
  const [open, setOpen] = useState(false);
  const router = useRouter();
  useEffect(() => {
    if (data)
      showInBrowser(
        data.notifications.filter(({ readAtMs }) => readAtMs === null),
        router.push,
      );
  }, [data, router]);
  if (!data) return null;
  const { unread } = data;
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-label={unread === 0 ? i18n._("Notifications") : i18n._("Notifications, {count} unread", { count: unread })}
        onClick={() => setOpen(true)}
        className={buttonClass("ghost", "relative px-2 text-muted")}
      >
        <BellIcon aria-hidden className="size-4" />
        {unread > 0 && (
          <span
            aria-hidden
            className="absolute -top-0.5 -right-0.5 grid min-w-4.5 place-items-center rounded-full bg-accent px-1 font-semibold text-xs text-accent-ink leading-4.5 tabular-nums"
          >
            {unread > mostShown ? `${mostShown}+` : unread}
          </span>
        )}
      </button>
      {open && <Panel list={data} onClose={() => setOpen(false)} />}
    </>
  );
}
