"use client";

import { ErrorAlert } from "../../_shared/node/error-alert";
import { useTestNotifications } from "../../_shared/notifications/queries";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { channelNames } from "./channel-row";

/** Sends a test by webhook and e-mail, and says of each what came of it. */
export function TestNotifications() {
  const test = useTestNotifications();
  return (
    <div className="mt-3 grid gap-2">
      <div>
        <Button busy={test.isPending} onClick={() => test.mutate()}>
          {i18n._("Send a test")}
        </Button>
      </div>
      <ErrorAlert error={test.error} />
      <ul aria-label={i18n._("Results of the test")} aria-live="polite" className="grid gap-1 text-[0.93rem]">
        {test.data?.results.map(({ channel, outcome, error }) => {
          const name = i18n._(channelNames[channel]);
          return (
            <li key={channel} className={outcome === "failed" ? "text-bad" : undefined}>
              {outcome === "sent" && i18n._("{channel}: sent.", { channel: name })}
              {outcome === "off" && i18n._("{channel}: switched off.", { channel: name })}
              {outcome === "not-configured" && i18n._("{channel}: not configured.", { channel: name })}
              {outcome === "failed" && `${name}: ${error?.message} ${error?.action}`}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
