import { z } from "zod";
import { route } from "../../api/route.ts";
import { timestampMsSchema } from "../../core/schema.ts";
import { storeErrors } from "../../core/store/errors.ts";

/** What can be told of, each to be switched on and off. */
export const notificationKinds = [
  "score_drop",
  "heartbeat_missed",
  "governance",
  "channel_low",
  "stake_low",
  "delivery_failed",
] as const;
export const kindSchema = z.enum(notificationKinds);
export type NotificationKind = z.infer<typeof kindSchema>;

/** By what the daemon sends; a browser tells of what it reads. */
export const channelSchema = z.enum(["webhook", "email"]);
export type NotificationChannel = z.infer<typeof channelSchema>;

export const severitySchema = z.enum(["info", "warning", "critical"]);
export type Severity = z.infer<typeof severitySchema>;

interface Text {
  readonly kind: NotificationKind | "test";
  readonly severity: Severity;
  /** With the names of its values in braces. */
  readonly sentence: string;
}

/** Every sentence that a notification may have. */
export const notificationTexts = {
  scoreDropped: {
    kind: "score_drop",
    severity: "warning",
    sentence: "The score of this node fell from {before} to {after}.",
  },
  poolHeartbeatMissed: {
    kind: "heartbeat_missed",
    severity: "warning",
    sentence: "No backbone has taken a heartbeat of this machine for {duration}.",
  },
  backboneLost: {
    kind: "heartbeat_missed",
    severity: "warning",
    sentence: "This node has had no contact with a backbone for {duration}.",
  },
  upgradeScheduled: {
    kind: "governance",
    severity: "warning",
    sentence: "Governance has scheduled an upgrade, {calls}: it can take effect from {date} on.",
  },
  changeScheduled: {
    kind: "governance",
    severity: "warning",
    sentence: "Governance has scheduled a change, {calls}: it can take effect from {date} on.",
  },
  ownChannelLow: {
    kind: "channel_low",
    severity: "warning",
    sentence: "Of the channel that pays relay {peer}, {percent} % are left: {amount} SHM.",
  },
  clientChannelLow: {
    kind: "channel_low",
    severity: "warning",
    sentence: "Client {peer} has promised nearly all of its channel: {percent} % are left, {amount} SHM.",
  },
  stakeLow: {
    kind: "stake_low",
    severity: "critical",
    sentence: "The stake of this node is {stake} SHM; the contract's minimum is {minimum} SHM.",
  },
  webhookFails: {
    kind: "delivery_failed",
    severity: "warning",
    sentence: "Notifications do not reach the webhook: {reason}",
  },
  emailFails: {
    kind: "delivery_failed",
    severity: "warning",
    sentence: "Notifications do not arrive by e-mail: {reason}",
  },
  test: { kind: "test", severity: "info", sentence: "This is a test: notifications of this node arrive here." },
} as const satisfies Record<string, Text>;
export type NotificationText = keyof typeof notificationTexts;

export const notificationSchema = z.object({
  id: z.uuid(),
  kind: z.enum([...notificationKinds, "test"]),
  severity: severitySchema,
  atMs: timestampMsSchema,
  /** Names the sentence, whose values follow. */
  text: z.enum(Object.keys(notificationTexts) as [NotificationText, ...NotificationText[]]),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  /** In English, as it is sent. */
  sentence: z.string(),
  /** Path of the page that tells more. */
  link: z.string(),
  readAtMs: timestampMsSchema.nullable(),
  /** When the cause ended; null while it lasts, and of what happens at one moment. */
  endedAtMs: timestampMsSchema.nullable(),
});

export const channelStateSchema = z.object({
  channel: channelSchema,
  /** Whether config.yaml says where to send to. */
  configured: z.boolean(),
  on: z.boolean(),
  lastSentAtMs: timestampMsSchema.nullable(),
  /** Since the last time that something arrived. */
  failure: z
    .object({
      code: z.string(),
      message: z.string(),
      action: z.string(),
      atMs: timestampMsSchema,
      attempts: z.number(),
    })
    .nullable(),
  /** Notifications that are tried again. */
  waiting: z.number().int(),
});
export type ChannelState = z.infer<typeof channelStateSchema>;

const listSchema = z.object({
  /** Newest first. */
  notifications: z.array(notificationSchema),
  unread: z.number().int(),
  channels: z.array(channelStateSchema),
  kinds: z.array(z.object({ kind: kindSchema, on: z.boolean() })),
});
export type NotificationList = z.infer<typeof listSchema>;

const none = z.object({});
const disk = [storeErrors.DISK_FULL, storeErrors.DATA_FOLDER_UNWRITABLE];

export const notificationsRoutes = {
  notifications: route({
    method: "GET",
    path: "/api/notifications",
    access: "owner",
    summary: "What the owner should know of: the newest notifications, how many are unread, and how they are sent.",
    input: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
    output: listSchema,
    errors: [],
  }),
  readNotifications: route({
    method: "POST",
    path: "/api/notifications/read",
    access: "owner",
    summary: "Marks notifications as read; all of them where none is named.",
    input: z.object({ ids: z.array(z.uuid()).max(200).optional() }),
    output: z.object({ unread: z.number().int() }),
    errors: disk,
  }),
  switchNotifications: route({
    method: "PUT",
    path: "/api/notifications/switches",
    access: "owner",
    summary: "Switches a kind of notification, or a way of sending them, on or off; at once, and through restarts.",
    input: z.union([
      z.strictObject({ kind: kindSchema, on: z.boolean() }),
      z.strictObject({ channel: channelSchema, on: z.boolean() }),
    ]),
    output: listSchema.pick({ channels: true, kinds: true }),
    errors: disk,
  }),
  testNotifications: route({
    method: "POST",
    path: "/api/notifications/test",
    access: "owner",
    summary: "Sends a test by every way that is configured and on, and says what came of it.",
    input: none,
    output: z.object({
      results: z.array(
        z.object({
          channel: channelSchema,
          outcome: z.enum(["sent", "failed", "off", "not-configured"]),
          error: z.object({ code: z.string(), message: z.string(), action: z.string() }).nullable(),
        }),
      ),
    }),
    errors: [],
  }),
};
