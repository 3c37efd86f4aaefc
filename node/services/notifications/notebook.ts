import { randomUUID } from "node:crypto";
import {
  type NotificationChannel,
  type NotificationKind,
  type NotificationText,
  notificationKinds,
  notificationTexts,
} from "./api.ts";
import type { Cause } from "./cause.ts";
import type { Memory, NotificationStore, StoredNotification } from "./memory.ts";

/** Notifications that are kept: the oldest give way. */
const maxKept = 200;
/** Of one channel: who is away for long misses the oldest. */
const maxWaiting = 100;

export interface NotebookDeps {
  store: NotificationStore;
  now: () => number;
  /** Channels by which a notification of this text goes out. */
  channels(text: NotificationText): readonly NotificationChannel[];
}

/** What was told and what lasts, written down before anybody is told. */
export interface Notebook {
  readonly memory: Memory;
  load(): Promise<void>;
  save(): Promise<void>;
  /** Tells of what happened at one moment. */
  tell(cause: Cause): void;
  /** Compares the causes of one sort that hold with those that held: tells of new ones, and ends what is over. */
  settle(sort: string, causes: readonly Cause[]): void;
  /** All where none is named. */
  markRead(ids: readonly string[] | undefined): void;
  unread(): number;
  isOn(kind: NotificationKind): boolean;
}

export function createNotebook({ store, now, channels }: NotebookDeps): Notebook {
  let memory: Memory | undefined;
  let saved = "";
  let saving: Promise<void> = Promise.resolve();
  const loaded = (): Memory => {
    if (memory === undefined) throw new Error("the notebook was not loaded");
    return memory;
  };

  const isOn = (kind: NotificationKind) => !loaded().off.kinds.includes(kind);
  const isWanted = ({ text }: Cause) => {
    const { kind } = notificationTexts[text];
    return kind === "test" || isOn(kind);
  };

  const write = ({ text, values, link }: Cause): StoredNotification => {
    const { notifications, deliveries } = loaded();
    const { kind, severity } = notificationTexts[text];
    const id = randomUUID();
    const told = {
      id,
      kind,
      severity,
      atMs: now(),
      text,
      values: { ...values },
      link,
      readAtMs: null,
      endedAtMs: null,
    };
    notifications.unshift(told);
    notifications.splice(maxKept);
    for (const channel of channels(text)) {
      const waiting = deliveries.filter((one) => one.channel === channel);
      const [oldest] = waiting;
      if (oldest !== undefined && waiting.length >= maxWaiting) deliveries.splice(deliveries.indexOf(oldest), 1);
      const delivery = { id: randomUUID(), notification: id, channel, attempts: 0, createdAtMs: now(), dueAtMs: now() };
      deliveries.push(delivery);
    }
    return told;
  };

  const end = (key: string) => {
    const { open, notifications } = loaded();
    const told = notifications.find(({ id }) => id === open[key]);
    if (told !== undefined) told.endedAtMs = now();
    delete open[key];
  };

  return {
    get memory() {
      return loaded();
    },
    async load() {
      memory ??= await store.read();
      saved = JSON.stringify(memory);
    },
    save() {
      // One after the other, and the newest state last.
      saving = saving
        .catch(() => undefined)
        .then(async () => {
          const next = JSON.stringify(loaded());
          if (next === saved) return;
          await store.write(loaded());
          saved = next;
        });
      return saving;
    },
    tell(cause) {
      if (isWanted(cause)) write(cause);
    },
    settle(sort, causes) {
      const { open } = loaded();
      const holding = new Map(causes.filter(isWanted).map((cause) => [`${sort}:${cause.key}`, cause]));
      for (const key of Object.keys(open)) if (key.startsWith(`${sort}:`) && !holding.has(key)) end(key);
      for (const [key, cause] of holding) open[key] ??= write(cause).id;
    },
    markRead(ids) {
      for (const one of loaded().notifications) if (ids === undefined || ids.includes(one.id)) one.readAtMs ??= now();
    },
    unread: () => loaded().notifications.filter(({ readAtMs }) => readAtMs === null).length,
    isOn,
  };
}

/** Every kind, and whether it is on. */
export const kindStates = ({ isOn }: Pick<Notebook, "isOn">) =>
  notificationKinds.map((kind) => ({ kind, on: isOn(kind) }));
