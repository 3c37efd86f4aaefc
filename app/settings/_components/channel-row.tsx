"use client";

import type { ChannelState, NotificationChannel } from "../../../node/services/notifications/api.ts";
import { formatDateTime } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { SwitchRow } from "./switch-row";

export const channelNames: Record<NotificationChannel, string> = {
  webhook: /*i18n*/ "Webhook",
  email: /*i18n*/ "E-mail",
};

/** What has to be set before anything can be sent. */
const needed: Record<NotificationChannel, string> = {
  webhook: /*i18n*/ "Not configured: set notifications.webhookSecret in the file, and notifications.webhookUrl.",
  email: /*i18n*/ "Not configured: set notifications.emailFrom, emailTo and smtpHost; a password stands in the file.",
};

interface ChannelRowProps {
  state: ChannelState;
  busy: boolean;
  onSwitch: (on: boolean) => void;
}

/** A way by which the daemon sends, and how it stands. */
export function ChannelRow({ state, busy, onSwitch }: ChannelRowProps) {
  const { channel, configured, failure, lastSentAtMs, on, waiting } = state;
  return (
    <SwitchRow
      label={i18n._(channelNames[channel])}
      on={on}
      busy={busy}
      onSwitch={onSwitch}
      note={
        <>
          {!configured && <p>{i18n._(needed[channel])}</p>}
          {configured && failure === null && (
            <p>
              {lastSentAtMs === null
                ? i18n._("Nothing was sent yet.")
                : i18n._("Last sent {time}.", { time: formatDateTime(lastSentAtMs) })}
            </p>
          )}
          {configured && failure !== null && (
            <p className="text-bad">
              {failure.message} {failure.action}
            </p>
          )}
          {configured && waiting > 0 && (
            <p>{i18n._("{count, plural, one {# waits} other {# wait}} to be sent again.", { count: waiting })}</p>
          )}
        </>
      }
    />
  );
}
