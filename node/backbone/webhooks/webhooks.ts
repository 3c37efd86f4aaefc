import type { Logger } from "pino";
import { ShadowMeshError } from "../../core/errors.ts";
import type { Service } from "../../core/service.ts";
import { post, webhookErrors } from "../../core/webhook/index.ts";
import type { AuditRow } from "../audit/index.ts";
import type { Database, Db } from "../database/index.ts";
import { alertBody, isAlert } from "./alerts.ts";
import type { WebhooksConfig } from "./config.ts";
import { createOutbox } from "./outbox.ts";

/** An alert is seldom, and nobody reads it within less. */
const intervalMs = 5_000;
const maxConcurrent = 8;

export interface Webhooks extends Service {
  /** Puts the alerts among these events into the outbox, in the transaction that writes the events. */
  onAppend(tx: Db, rows: readonly AuditRow[]): Promise<void>;
  /** Sends what is due; what fails is due again later. */
  deliver(): Promise<void>;
  /** How many alerts wait to be sent, for all receivers together. @throws DATABASE_UNAVAILABLE */
  waiting(): Promise<number>;
  purge(): Promise<void>;
}

export interface WebhooksDeps {
  database: Database;
  now: () => number;
  log: Logger;
}

/** @throws WEBHOOK_SECRET_MISSING */
export function createWebhooks(config: WebhooksConfig, deps: WebhooksDeps): Webhooks {
  const { now, log } = deps;
  const { urls, secret, allowPrivate } = config;
  if (urls.length > 0 && secret === null) throw new ShadowMeshError(webhookErrors.WEBHOOK_SECRET_MISSING);
  const outbox = createOutbox(deps);
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let delivering: Promise<void> | undefined;

  async function deliverAll(): Promise<void> {
    if (secret === null) return;
    while (!stopping.signal.aborted) {
      const due = await outbox.take(maxConcurrent);
      if (due.length === 0) return;
      await Promise.all(
        due.map(async (delivery) => {
          try {
            // Whoever can write to the database must not have us call whom he likes.
            if (urls.includes(delivery.url)) await post(delivery, { secret, allowPrivate }, now(), stopping.signal);
            await outbox.remove(delivery.id);
          } catch (error) {
            if (stopping.signal.aborted) return;
            log.warn({ err: error, alert: delivery.id, attempts: delivery.attempts }, "an alert was not delivered yet");
          }
        }),
      );
    }
  }

  const deliver = () => {
    delivering ??= deliverAll()
      .catch((error: unknown) => log.warn({ err: error }, "alerts cannot be sent now"))
      .finally(() => {
        delivering = undefined;
      });
    return delivering;
  };

  return {
    async onAppend(tx, rows) {
      const bodies = urls.length === 0 ? [] : rows.filter(isAlert).map(alertBody);
      if (bodies.length === 0) return;
      const dropped = await outbox.put(tx, bodies, urls);
      if (dropped > 0) log.error({ dropped }, "the outbox of alerts is full: these are in the audit log alone");
    },
    deliver,
    waiting: outbox.count,
    async purge() {
      const dropped = await outbox.purge();
      if (dropped > 0) log.error({ dropped }, "no receiver took these alerts for a day: they are in the audit log");
    },
    async start(signal) {
      signal.throwIfAborted();
      if (urls.length === 0) return;
      timer = setInterval(() => void deliver(), intervalMs);
      timer.unref();
    },
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await delivering;
    },
  };
}
