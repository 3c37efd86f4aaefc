import { ShadowMeshError } from "../../core/errors.ts";
import { post } from "../../core/webhook/index.ts";
import type { NotificationChannel } from "./api.ts";
import { sentenceOf } from "./cause.ts";
import type { NotificationsConfig } from "./config.ts";
import { createSendEmail, type Message } from "./email.ts";
import { notificationsErrors } from "./errors.ts";
import type { StoredNotification } from "./memory.ts";

/** Sends one notification. @throws a ShadowMeshError that says why it did not arrive */
export type Send = (notification: StoredNotification, deliveryId: string, signal: AbortSignal) => Promise<void>;

export interface SendersDeps {
  peerId: string;
  /** Origin of the pages. */
  url(): string;
  now: () => number;
}

/** The ways of sending that are configured. */
export type Senders = Partial<Readonly<Record<NotificationChannel, Send>>>;

export function createSenders(config: NotificationsConfig, deps: SendersDeps): Senders {
  const { webhookUrl: url, webhookSecret: secret, webhookAllowPrivate: allowPrivate } = config;
  const email = createSendEmail(config);
  const webhook: Send | null =
    url === null || secret === null
      ? null
      : async (notification, id, signal) => {
          const body = webhookBody(notification, deps);
          await post({ id, url, body }, { secret, allowPrivate }, deps.now(), signal).catch((cause: unknown) => {
            signal.throwIfAborted();
            throw ShadowMeshError.is(cause) ? cause : unreachable(cause);
          });
        };
  return {
    ...(webhook !== null && { webhook }),
    ...(email !== null && { email: (notification, id) => email(toEmail(notification, id, deps)) }),
  };
}

/** As Standard Webhooks advises: what, when, and the rest. */
function webhookBody(notification: StoredNotification, { peerId }: SendersDeps): string {
  const { id, kind, severity, atMs, text, values, link } = notification;
  const data = { id, peerId, severity, sentence: sentenceOf(notification), text, values, link };
  return JSON.stringify({ type: `notification.${kind}`, timestamp: new Date(atMs).toISOString(), data });
}

function toEmail(notification: StoredNotification, id: string, { peerId, url }: SendersDeps): Message {
  const sentence = sentenceOf(notification);
  const lines = [
    sentence,
    "",
    `Node      ${peerId}`,
    `Time      ${new Date(notification.atMs).toISOString()}`,
    `Severity  ${notification.severity}`,
    `More      ${url()}${notification.link} (on the machine of the node; \`shadowmesh gui\` prints a link that signs in)`,
  ];
  // A subject is one line, and programs show the first seventy characters of it.
  return { id, subject: `ShadowMesh: ${sentence}`, text: `${lines.join("\n")}\n` };
}

function unreachable(cause: unknown): ShadowMeshError {
  const details = { reason: cause instanceof Error ? cause.message : String(cause) };
  return new ShadowMeshError(notificationsErrors.WEBHOOK_UNREACHABLE, { cause, details });
}
