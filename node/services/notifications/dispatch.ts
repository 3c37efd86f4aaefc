import type { Logger } from "pino";
import { commonErrors, ShadowMeshError } from "../../core/errors.ts";
import { firstWaitMs, lifetimeMs, maxWaitMs, retryWaitMs } from "../../core/webhook/index.ts";
import { type ChannelState, channelSchema, type NotificationChannel, type NotificationText } from "./api.ts";
import type { Cause } from "./cause.ts";
import type { Delivery, Memory, StoredNotification } from "./memory.ts";
import type { Senders } from "./senders.ts";

/** A channel that failed so often in a row is told of by the others. */
const attemptsUntilTold = 3;

export interface TestResult {
  channel: NotificationChannel;
  outcome: "sent" | "failed" | "off" | "not-configured";
  error: { code: string; message: string; action: string } | null;
}

export interface DispatchDeps {
  senders: Senders;
  memory(): Memory;
  now: () => number;
  log: Logger;
}

/** Sends what waits, ever more seldom where it fails, and knows how each channel stands. */
export interface Dispatch {
  /** Channels by which a new notification goes out: nobody is told by a channel that it fails. */
  channels(text: NotificationText): NotificationChannel[];
  states(): ChannelState[];
  /** The channels that fail again and again. */
  failing(): Cause[];
  /** Tries all that is due. */
  deliver(signal: AbortSignal): Promise<void>;
  /** How long until something is due. */
  waitMs(): number;
  /** Sends one notification by every channel at once, and keeps nothing of it. */
  test(notification: StoredNotification, signal: AbortSignal): Promise<TestResult[]>;
}

const texts = { webhook: "webhookFails", email: "emailFails" } as const;

export function createDispatch({ senders, memory, now, log }: DispatchDeps): Dispatch {
  const all = channelSchema.options;
  const isOn = (channel: NotificationChannel) => !memory().off.channels.includes(channel);
  const isUsed = (channel: NotificationChannel) => senders[channel] !== undefined && isOn(channel);
  const failureOf = (channel: NotificationChannel) => memory().channels[channel]?.failure ?? null;

  const succeeded = (channel: NotificationChannel) => {
    memory().channels[channel] = { lastSentAtMs: now(), failure: null };
    // Whoever is back gets the rest at once.
    for (const one of memory().deliveries) if (one.channel === channel) one.dueAtMs = Math.min(one.dueAtMs, now());
  };

  const failed = (channel: NotificationChannel, error: unknown) => {
    const attempts = (failureOf(channel)?.attempts ?? 0) + 1;
    const told = describe(error);
    const lastSentAtMs = memory().channels[channel]?.lastSentAtMs ?? null;
    memory().channels[channel] = { lastSentAtMs, failure: { ...told, atMs: now(), attempts } };
    return told;
  };

  const drop = (delivery: Delivery) => {
    const { deliveries } = memory();
    const place = deliveries.indexOf(delivery);
    if (place >= 0) deliveries.splice(place, 1);
  };

  /** Whether the next one may be tried. */
  const attempt = async (delivery: Delivery, signal: AbortSignal): Promise<boolean> => {
    const { channel, notification: id } = delivery;
    const notification = memory().notifications.find((one) => one.id === id);
    const send = senders[channel];
    // It gave way to newer ones, is too old to be news, or its channel is not used any more.
    const isStale = now() - delivery.createdAtMs > lifetimeMs;
    if (notification === undefined || send === undefined || !isOn(channel) || isStale) {
      drop(delivery);
      return true;
    }
    try {
      await send(notification, delivery.id, signal);
      drop(delivery);
      succeeded(channel);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      delivery.dueAtMs = now() + retryWaitMs(delivery.attempts);
      delivery.attempts++;
      const { code } = failed(channel, error);
      log.debug({ err: error, channel, code, attempts: delivery.attempts }, "a notification was not sent yet");
      return false;
    }
  };

  /** In its order, until one fails: what waits behind it has its turn soon after, before that one has its next. */
  const deliverBy = async (deliveries: readonly Delivery[], signal: AbortSignal) => {
    const queue = deliveries.toSorted((a, b) => a.attempts - b.attempts);
    for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
      if (await attempt(next, signal)) continue;
      for (const one of queue) one.dueAtMs = now() + firstWaitMs;
      return;
    }
  };

  /** A clock that was set back must not keep anything waiting. */
  const isDue = ({ dueAtMs }: Delivery) => dueAtMs <= now() || dueAtMs > now() + maxWaitMs;

  return {
    channels: (text) => all.filter((channel) => isUsed(channel) && texts[channel] !== text),
    states: () =>
      all.map((channel) => ({
        channel,
        configured: senders[channel] !== undefined,
        on: isOn(channel),
        lastSentAtMs: memory().channels[channel]?.lastSentAtMs ?? null,
        failure: failureOf(channel),
        waiting: memory().deliveries.filter((one) => one.channel === channel).length,
      })),
    failing: () =>
      all.flatMap((channel) => {
        const failure = isUsed(channel) ? failureOf(channel) : null;
        if (failure === null || failure.attempts < attemptsUntilTold) return [];
        return [{ key: channel, text: texts[channel], values: { reason: failure.message }, link: "/settings/" }];
      }),
    async deliver(signal) {
      const byChannel = Map.groupBy(memory().deliveries.filter(isDue), ({ channel }) => channel);
      await Promise.all([...byChannel.values()].map((deliveries) => deliverBy(deliveries, signal)));
    },
    waitMs: () => Math.max(0, Math.min(...memory().deliveries.map(({ dueAtMs }) => dueAtMs - now()))),
    test: (notification, signal) =>
      Promise.all(
        all.map(async (channel): Promise<TestResult> => {
          const send = senders[channel];
          if (send === undefined) return { channel, outcome: "not-configured", error: null };
          if (!isOn(channel)) return { channel, outcome: "off", error: null };
          try {
            await send(notification, notification.id, signal);
            succeeded(channel);
            return { channel, outcome: "sent", error: null };
          } catch (error) {
            signal.throwIfAborted();
            return { channel, outcome: "failed", error: failed(channel, error) };
          }
        }),
      ),
  };
}

function describe(error: unknown): { code: string; message: string; action: string } {
  if (ShadowMeshError.is(error)) {
    const { reason } = error.details;
    const message = typeof reason === "string" ? `${error.message} (${reason})` : error.message;
    return { code: error.code, message, action: error.action };
  }
  const { code, summary, action } = commonErrors.INTERNAL;
  return { code, message: summary, action };
}
