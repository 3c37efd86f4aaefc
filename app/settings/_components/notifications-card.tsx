"use client";

import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import type { NotificationKind } from "../../../node/services/notifications/api.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { show, switchBrowserNotifications, useBrowserNotifications } from "../../_shared/notifications/browser";
import { useNotifications, useSwitchNotifications } from "../../_shared/notifications/queries";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { Skeleton } from "../../_shared/ui/skeleton";
import { ChannelRow } from "./channel-row";
import { SwitchRow } from "./switch-row";
import { TestNotifications } from "./test-notifications";

const kinds: Record<NotificationKind, { label: string; note: string }> = {
  score_drop: {
    label: /*i18n*/ "Score drop",
    note: /*i18n*/ "The score on chain fell from one epoch to the next by more than notifications.scoreDropPoints.",
  },
  heartbeat_missed: {
    label: /*i18n*/ "Missed heartbeat",
    note: /*i18n*/ "No backbone is in contact, or none takes this machine's heartbeats.",
  },
  governance: {
    label: /*i18n*/ "Governance",
    note: /*i18n*/ "An upgrade or a change of a parameter was scheduled, with its date.",
  },
  channel_low: {
    label: /*i18n*/ "Low channel funds",
    note: /*i18n*/ "Little is left of a channel that pays a relay, or of a client's that pays this node.",
  },
  stake_low: {
    label: /*i18n*/ "Low stake",
    note: /*i18n*/ "The stake is below what the contract asks for.",
  },
  delivery_failed: {
    label: /*i18n*/ "Failed delivery",
    note: /*i18n*/ "Notifications do not arrive by one of the ways below.",
  },
};

/** Of what the owner is told, and how. */
export function NotificationsCard() {
  const { data, error } = useNotifications();
  const change = useSwitchNotifications();
  return (
    <Card
      title={i18n._("What you are told")}
      lead={i18n._(
        "What you should know of stands behind the bell, above. Here you choose what that is, and how else it is told; a choice counts at once.",
      )}
    >
      {!data && error && <ErrorAlert error={error} />}
      {!data && !error && (
        // About as high as what comes, or what is below would jump: on a phone a screenful.
        <div className="max-lg:min-h-dvh">
          <Skeleton lines={16} />
        </div>
      )}
      <ErrorAlert error={change.error} />
      {data && (
        <div className="grid gap-x-8 gap-y-5 lg:grid-cols-2">
          <section className="min-w-0">
            <h3 className="mb-1 font-semibold text-[0.93rem]">{i18n._("Of what")}</h3>
            <ul className="divide-y divide-line">
              {data.kinds.map(({ kind, on }) => (
                <SwitchRow
                  key={kind}
                  label={i18n._(kinds[kind].label)}
                  note={i18n._(kinds[kind].note)}
                  on={on}
                  busy={change.isPending}
                  onSwitch={(next) => change.mutate({ kind, on: next })}
                />
              ))}
            </ul>
          </section>
          <section className="min-w-0">
            <h3 className="mb-1 font-semibold text-[0.93rem]">{i18n._("How")}</h3>
            <ul className="divide-y divide-line">
              {data.channels.map((state) => (
                <ChannelRow
                  key={state.channel}
                  state={state}
                  busy={change.isPending}
                  onSwitch={(on) => change.mutate({ channel: state.channel, on })}
                />
              ))}
              <BrowserRow />
            </ul>
            <TestNotifications />
          </section>
        </div>
      )}
    </Card>
  );
}

/** This browser, while a page of the console is open in it. */
function BrowserRow() {
  const state = useBrowserNotifications();
  const router = useRouter();
  const id = useId();
  const [shown, setShown] = useState<boolean | null>(null);
  const notes = {
    on: i18n._("Told by this browser while a page of the console is open in it, in any tab."),
    off: i18n._("The browser asks for your permission first."),
    blocked: i18n._("This browser blocks them: allow notifications for this address in its settings."),
    unsupported: i18n._("This browser has no notifications."),
  };
  const test = () =>
    setShown(show({ id: "test", sentence: i18n._("This is a test."), link: "/settings/" }, router.push));
  return (
    <li className="py-2.5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <div className="min-w-0 flex-1 basis-56">
          <p className="font-medium text-[0.93rem]">{i18n._("This browser")}</p>
          <p id={id} className="text-muted text-sm">
            {notes[state]}
          </p>
        </div>
        <span className="flex gap-1">
          {state === "on" && (
            <Button look="ghost" onClick={test}>
              {i18n._("Show one")}
            </Button>
          )}
          {(state === "on" || state === "off") && (
            <Button aria-describedby={id} onClick={() => void switchBrowserNotifications(state === "off")}>
              {state === "on" ? i18n._("Stop in this browser") : i18n._("Allow in this browser")}
            </Button>
          )}
        </span>
      </div>
      {shown !== null && (
        <p role="status" className="mt-1 text-muted text-sm">
          {shown
            ? i18n._("This browser was asked to show one. Where none came up, the system holds them back.")
            : i18n._("This browser shows none: browsers of phones want an app for it.")}
        </p>
      )}
    </li>
  );
}
