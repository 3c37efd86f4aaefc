import type { Logger } from "pino";
import type { Hex } from "viem";
import { createBackoff } from "../../core/backoff.ts";
import { createChangeEmitter, nextChange } from "../../core/change.ts";
import { createLoop } from "../../core/loop.ts";
import type { Registration } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";
import type { NodeTable } from "./node-table.ts";
import type { RegistrySource } from "./source.ts";

/** Registrations asked for at once. */
const parallel = 16;

export interface FollowerDeps {
  source: RegistrySource;
  table: NodeTable;
  /** A registration was written, or is gone and null. */
  onWritten(peerId: Hex, registration: Registration | null): void;
  now: () => number;
  log: Logger;
}

export interface Follower extends Service {
  /** Whether the table is what the chain says, as far as events tell. */
  readonly live: boolean;
  /** When it last was; null before the first full read. */
  readonly syncedAtMs: number | null;
}

/**
 * Keeps the table of nodes as the chain has it: a full read at the start, after every gap and from time to time, and
 * in between each peer that an event names.
 */
export function createFollower(config: { resyncMs: number }, deps: FollowerDeps): Follower {
  const { source, table, now, log } = deps;
  const { stopping, ...life } = createLoop(() => run());
  const news = createChangeEmitter();
  const changed = new Set<Hex>();
  let gap = true;
  let readAllAtMs = 0;
  let live = false;
  let syncedAtMs: number | null = null;
  let unwatch: (() => void) | undefined;

  async function refresh(peerId: Hex): Promise<void> {
    const registration = await source.registrationOf(peerId);
    if (registration === null) await table.delete(peerId);
    else await table.put([registration]);
    deps.onWritten(peerId, registration);
  }

  async function refreshAll(peerIds: readonly Hex[]): Promise<void> {
    for (let from = 0; from < peerIds.length && !stopping.aborted; from += parallel) {
      await Promise.all(peerIds.slice(from, from + parallel).map(refresh));
    }
  }

  async function readAll(): Promise<void> {
    const mark = await table.mark();
    let count = 0;
    for await (const page of source.pages(stopping)) {
      await table.put(page);
      for (const registration of page) deps.onWritten(registration.peerId, registration);
      count += page.length;
    }
    // Left, inactive, or passed over while the pages shifted: the chain is asked for each, so none is lost by accident.
    await refreshAll(await table.unseenSince(mark));
    readAllAtMs = now();
    log.info({ nodes: count }, "registry read from the chain");
  }

  async function catchUp(): Promise<void> {
    if (gap || now() >= readAllAtMs + config.resyncMs) {
      gap = false;
      try {
        await readAll();
      } catch (error) {
        gap = true;
        throw error;
      }
    }
    while (changed.size > 0 && !stopping.aborted) {
      const batch = [...changed];
      changed.clear();
      try {
        await refreshAll(batch);
      } catch (error) {
        for (const peerId of batch) changed.add(peerId);
        throw error;
      }
    }
    if (gap) return;
    live = true;
    syncedAtMs = now();
  }

  async function run(): Promise<void> {
    const backoff = createBackoff({ minMs: 250, maxMs: 30_000 });
    while (!stopping.aborted) {
      try {
        await catchUp();
        backoff.reset();
        if (gap || changed.size > 0) continue;
        await nextChange([news], Math.max(1, readAllAtMs + config.resyncMs - now()), stopping);
      } catch (error) {
        if (stopping.aborted) return;
        live = false;
        log.warn({ err: error }, "the registry cannot follow the chain now");
        await nextChange([], backoff.next(), stopping);
      }
    }
  }

  return {
    get live() {
      return live;
    },
    get syncedAtMs() {
      return syncedAtMs;
    },
    async start(signal) {
      signal.throwIfAborted();
      unwatch = source.watch({
        onChange(peerIds) {
          for (const peerId of peerIds) changed.add(peerId);
          news.emit();
        },
        onGap() {
          gap = true;
          live = false;
          news.emit();
        },
      });
      await life.start(signal);
    },
    async stop() {
      unwatch?.();
      unwatch = undefined;
      await life.stop();
    },
  };
}
