import { z } from "zod";
import { webhookSecretSchema } from "../../core/webhook/secret.ts";

const address = z.email().nullable().default(null);

export const notificationsConfigSchema = z
  .object({
    /** Points that the score on chain must lose more than, from one epoch to the next, for a notification. */
    scoreDropPoints: z.number().int().min(0).max(100).default(5),
    /** How long no heartbeat is taken, or no backbone is in contact, before that is told; in milliseconds. */
    heartbeatMissedMs: z.number().int().min(1_000).default(300_000),
    /** A payment channel of which no more than so many percent are left is told of. */
    channelRestPercent: z.number().min(0).max(100).default(10),
    /** How often causes are looked for, in milliseconds; channels are looked at in every sixth round. */
    checkIntervalMs: z.number().int().min(100).default(10_000),
    /** Where notifications are sent, http(s), signed as Standard Webhooks says; null for nowhere. */
    webhookUrl: z
      .url({ protocol: /^https?$/ })
      .nullable()
      .default(null),
    /** Signs what is sent to the webhook, a secret: `whsec_` and 24 to 64 bytes in base64. */
    webhookSecret: webhookSecretSchema.nullable().default(null).meta({ secret: true }),
    /** Whether the webhook may be on this machine or its network: otherwise such an address is never called. */
    webhookAllowPrivate: z.boolean().default(false),
    /** Mail server that notifications are sent through; null for no e-mail. */
    smtpHost: z.hostname().nullable().default(null),
    /** Its port: 465 for TLS from the first byte; on any other STARTTLS is required, but on this machine itself. */
    smtpPort: z.number().int().min(1).max(65_535).default(587),
    /** Name to sign in with at the mail server; null for none. */
    smtpUser: z.string().min(1).nullable().default(null),
    /** Password to sign in with at the mail server, a secret. */
    smtpPassword: z.string().min(1).nullable().default(null).meta({ secret: true }),
    /** Sender of the e-mails. */
    emailFrom: address,
    /** Where e-mails go. */
    emailTo: address,
  })
  .refine(({ webhookUrl, webhookSecret }) => webhookUrl === null || webhookSecret !== null, {
    path: ["webhookUrl"],
    message: "a webhook needs `notifications.webhookSecret`, which signs what is sent",
  })
  .refine(({ smtpHost, emailFrom, emailTo }) => smtpHost === null || (emailFrom !== null && emailTo !== null), {
    path: ["smtpHost"],
    message: "a mail server needs `notifications.emailFrom` and `notifications.emailTo`",
  })
  .refine(({ smtpUser, smtpPassword }) => smtpUser === null || smtpPassword !== null, {
    path: ["smtpUser"],
    message: "a name needs `notifications.smtpPassword`",
  });
export type NotificationsConfig = z.infer<typeof notificationsConfigSchema>;
