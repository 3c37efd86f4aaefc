import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Hex } from "viem";
import type { Chain } from "../../core/chain/index.ts";
import { type ChangeSource, createChangeEmitter, nextChange } from "../../core/change.ts";
import { createLoop } from "../../core/loop.ts";
import type { Registration } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";
import { type NotificationChannel, type NotificationKind, type NotificationList, notificationTexts } from "./api.ts";
import { sentenceOf, type Watch } from "./cause.ts";
import type { NotificationsConfig } from "./config.ts";
import { createDispatch, type TestResult } from "./dispatch.ts";
import type { NotificationStore } from "./memory.ts";
import { createNotebook, kindStates } from "./notebook.ts";
import { createSenders } from "./senders.ts";
import { createChannelWatch, type Funds } from "./watches/channels.ts";
import { createGovernanceWatch } from "./watches/governance.ts";
import { createHeartbeatWatches, type HeartbeatsDeps } from "./watches/heartbeats.ts";
import { createScoreWatch } from "./watches/score.ts";
import { createStakeWatch } from "./watches/stake.ts";

/** Channels cost a read of the chain each. */
const roundsPerFunds = 6;

export interface NotificationsDeps {
  peerId: Hex;
  chain: Chain;
  membership: ChangeSource & { registration(): Registration | null; joined(): boolean };
  poolAgent: HeartbeatsDeps["poolAgent"];
  funds(): Promise<readonly Funds[]>;
  store: NotificationStore;
  /** Origin of the pages. */
  url(): string;
  now: () => number;
  log: Logger;
}

/** Tells the owner what a node's keeper should know of, once for each cause. */
export interface Notifications extends Service {
  /** As it was read last: with each block. Null for a node that is not active, or before the first. */
  score(): number | null;
  list(limit: number): NotificationList;
  /** All where none is named. @throws DISK_FULL, DATA_FOLDER_UNWRITABLE */
  markRead(ids?: readonly string[]): Promise<{ unread: number }>;
  /** @throws DISK_FULL, DATA_FOLDER_UNWRITABLE */
  set(
    choice: { kind: NotificationKind; on: boolean } | { channel: NotificationChannel; on: boolean },
  ): Promise<Pick<NotificationList, "channels" | "kinds">>;
  test(signal: AbortSignal): Promise<{ results: TestResult[] }>;
}

export function createNotifications(config: NotificationsConfig, deps: NotificationsDeps): Notifications {
  const { chain, membership, now, log } = deps;
  const { registration } = membership;
  const changes = createChangeEmitter();
  const senders = createSenders(config, deps);
  const notebook = createNotebook({ store: deps.store, now, channels: (text) => dispatch.channels(text) });
  const dispatch = createDispatch({ senders, memory: () => notebook.memory, now, log });

  const readScore = createScoreWatch(config, { peerId: deps.peerId, chain, registration });
  const heartbeats = createHeartbeatWatches(config, { poolAgent: deps.poolAgent, membership, now });
  const everyRound: Readonly<Record<string, Watch>> = {
    pool: heartbeats.pool,
    backbone: heartbeats.backbone,
    stake: createStakeWatch({ chain, registration }),
    governance: createGovernanceWatch({ chain }),
    delivery: async () => dispatch.failing(),
  };
  const channelWatch = createChannelWatch(config, { chain, funds: deps.funds });
  const { stopping, ...life } = createLoop(() => run());

  /** A cause that can't be looked for now is looked for in the next round. */
  const attempt = async (sort: string, look: () => Promise<void>) => {
    await look().catch((error: unknown) => log.debug({ err: error, sort }, "no look for causes of notifications"));
  };

  const lookFor = (sort: string, watch: Watch) =>
    attempt(sort, async () => {
      const causes = await watch();
      if (causes !== null) notebook.settle(sort, causes);
    });

  const lookAtScore = () =>
    attempt("score", async () => {
      const { memory } = notebook;
      const seen = await readScore(memory.score);
      if (seen === null) return;
      if (seen.fell !== null) notebook.tell(seen.fell);
      memory.score = seen.score;
    });

  async function save(): Promise<void> {
    await notebook.save().catch((error: unknown) => log.warn({ err: error }, "notifications.json not written"));
  }

  async function round(count: number): Promise<void> {
    for (const [sort, watch] of Object.entries(everyRound)) await lookFor(sort, watch);
    if (count % roundsPerFunds === 0) await lookFor("channel", channelWatch);
    // Before anything is sent: after a crash it is sent twice rather than told twice.
    await save();
  }

  async function run(): Promise<void> {
    let lookedAtMs = Number.NEGATIVE_INFINITY;
    for (let count = 0; !stopping.aborted; ) {
      // With each block, for the pages show it.
      await lookAtScore();
      // A clock that was set back begins anew.
      if (now() - lookedAtMs >= config.checkIntervalMs || now() < lookedAtMs) {
        await round(count++);
        lookedAtMs = now();
      }
      await dispatch.deliver(stopping);
      await save();
      const waitMs = Math.min(lookedAtMs + config.checkIntervalMs - now(), dispatch.waitMs());
      if (waitMs > 0) await nextChange([changes, chain], waitMs, stopping);
    }
  }

  const switches = () => ({ channels: dispatch.states(), kinds: kindStates(notebook) });

  return {
    score: () => notebook.memory.score,
    list: (limit) => ({
      notifications: notebook.memory.notifications
        .slice(0, limit)
        .map((notification) => ({ ...notification, sentence: sentenceOf(notification) })),
      unread: notebook.unread(),
      ...switches(),
    }),
    async markRead(ids) {
      notebook.markRead(ids);
      await notebook.save();
      return { unread: notebook.unread() };
    },
    async set(choice) {
      const { off } = notebook.memory;
      const without = <T>(list: readonly T[], one: T, on: boolean) => [
        ...list.filter((other) => other !== one),
        ...(on ? [] : [one]),
      ];
      if ("kind" in choice) off.kinds = without(off.kinds, choice.kind, choice.on);
      else off.channels = without(off.channels, choice.channel, choice.on);
      await notebook.save();
      changes.emit();
      return switches();
    },
    async test(signal) {
      const { kind, severity } = notificationTexts.test;
      const id = randomUUID();
      const notification = { id, kind, severity, atMs: now(), text: "test" as const, values: {}, link: "/settings/" };
      const results = await dispatch.test(
        { ...notification, readAtMs: null, endedAtMs: null },
        AbortSignal.any([signal, stopping]),
      );
      await save();
      changes.emit();
      return { results };
    },
    async start(signal) {
      signal.throwIfAborted();
      await notebook.load();
      await life.start(signal);
    },
    async stop() {
      await life.stop();
    },
  };
}
