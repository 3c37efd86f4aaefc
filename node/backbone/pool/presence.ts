import type { Socket } from "node:net";
import type { Logger } from "pino";
import { commonErrors, ShadowMeshError } from "../../core/errors.ts";
import type { Service } from "../../core/service.ts";
import type { HeartbeatReport, Offered } from "./api.ts";
import type { KnownDevice } from "./device-table.ts";
import type { PresenceTable, Reported } from "./presence-table.ts";

/** A device that this instance hears, or is about to. */
interface Presence {
  readonly id: number;
  /** What it has: it can offer no more. */
  readonly most: Offered;
  /** Undefined where it has to be looked up anew; null where its tokens were revoked. */
  family: string | null | undefined;
  report: Reported | null;
  lastSeenMs: number;
  writtenMs: number;
  /** How many heartbeats came within an interval of writing, and when that began. */
  beats: number;
  beatsSinceMs: number;
  socket: Socket | null;
}

export interface PresenceConfig {
  heartbeatMs: number;
  silentMs: number;
  writeMs: number;
}

export interface PresenceDeps {
  table: PresenceTable;
  find(ids: readonly number[]): Promise<KnownDevice[]>;
  now: () => number;
  log: Logger;
}

export interface PresenceOfDevices extends Service {
  /** The family of a device's tokens, from memory or the database; null where there is none. @throws DATABASE_UNAVAILABLE */
  familyOf(device: number, claimed: string): Promise<string | null>;
  /** As `familyOf`, from memory alone; undefined where it has to be asked for. */
  knownFamily(device: number): string | null | undefined;
  /**
   * Takes a heartbeat of a device whose family was asked for; the socket is the device's own, or null. @throws RATE_LIMITED
   */
  beat(device: number, report: HeartbeatReport, socket: Socket | null): void;
  leave(device: number): void;
  /** Forgets the family of devices: the next heartbeat asks for it. */
  forgetFamilies(devices: readonly number[]): void;
  /** Devices that are heard by this instance. */
  readonly size: number;
}

/** How soon others see what happened here. */
const flushMs = 250;
/** An honest agent whose connection broke is back by then after the heartbeat that it owes. */
const lateMs = 1_500;
/** Times that a device may be heard within one interval of writing, beyond what it was told: retries. */
const spare = 20;
/** Silence after which a device of an instance that is no more has left, beyond the interval of its writing. */
const orphanSlackMs = 10_000;
/** Devices of one transaction, which holds up all others that change the pool; more where twice as many come due. */
const minBatch = 1_000;

/** Who is here: in memory, and from there in batches to the database that all instances share. */
export function createPresence(config: PresenceConfig, deps: PresenceDeps): PresenceOfDevices {
  const { table, now, log } = deps;
  const brokenMs = Math.min(config.silentMs, config.heartbeatMs + lateMs);
  const maxBeats = Math.ceil(config.writeMs / config.heartbeatMs) * 2 + spare;
  /** Longest silence first: a heartbeat moves its device to the end. */
  const here = new Map<number, Presence>();
  const came = new Set<number>();
  const changed = new Set<number>();
  const left = new Map<number, number>();
  const asked = new Map<number, Promise<KnownDevice | undefined>>();
  let asking: Promise<KnownDevice[]> | undefined;
  let nextIds: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;
  let orphansAtMs = 0;
  let lookedAtMs = 0;

  /** Many devices ask in the same moment, after a restart: one query for all of them. */
  function find(id: number): Promise<KnownDevice | undefined> {
    const known = asked.get(id);
    if (known !== undefined) return known;
    nextIds.push(id);
    asking ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      const ids = nextIds;
      nextIds = [];
      asking = undefined;
      return deps.find(ids);
    });
    const found = asking.then((devices) => devices.find((device) => device.id === id)).finally(() => asked.delete(id));
    asked.set(id, found);
    return found;
  }

  async function familyOf(id: number, claimed: string): Promise<string | null> {
    const known = here.get(id);
    if (known?.family === claimed) return claimed;
    const device = await find(id);
    if (device === undefined) return null;
    const { capabilities } = device;
    const presence = here.get(id) ?? {
      id,
      most: {
        cores: capabilities.cpu.cores,
        memoryBytes: capabilities.memoryBytes,
        storageBytes: capabilities.storageBytes,
        gpus: capabilities.gpus.length,
      },
      family: device.family,
      report: null,
      lastSeenMs: now(),
      writtenMs: 0,
      beats: 0,
      beatsSinceMs: 0,
      socket: null,
    };
    presence.family = device.family;
    here.set(id, presence);
    return device.family;
  }

  function beat(id: number, heard: HeartbeatReport, socket: Socket | null): void {
    const presence = here.get(id);
    // It was here when its token was checked, a moment ago; a sweep may have come between.
    if (presence === undefined) return;
    const nowMs = now();
    const ageMs = nowMs - presence.beatsSinceMs;
    // A clock that was set back must not refuse the device until it has caught up.
    if (ageMs >= config.writeMs || ageMs < 0) {
      presence.beats = 0;
      presence.beatsSinceMs = nowMs;
    }
    if (++presence.beats > maxBeats) {
      throw new ShadowMeshError(commonErrors.RATE_LIMITED, { details: { retryAfterMs: config.heartbeatMs } });
    }
    const report = toReported(presence, heard, nowMs);
    const before = presence.report;
    if (before === null) came.add(id);
    else if (!isSame(before.offered, report.offered)) changed.add(id);
    presence.report = report;
    presence.lastSeenMs = report.lastSeenMs;
    presence.socket = socket;
    here.delete(id);
    here.set(id, presence);
  }

  function leave(id: number): void {
    const presence = here.get(id);
    if (presence === undefined) return;
    here.delete(id);
    came.delete(id);
    changed.delete(id);
    if (presence.report !== null) left.set(id, presence.lastSeenMs);
  }

  function sweep(): void {
    const nowMs = now();
    for (const [id, { lastSeenMs, socket }] of here) {
      const silentMs = nowMs - lastSeenMs;
      if (silentMs < brokenMs) return;
      if (silentMs >= config.silentMs || socket?.destroyed) leave(id);
    }
  }

  const maxBatch = () => Math.max(minBatch, Math.ceil((2 * here.size * flushMs) / config.writeMs));

  /** Those first that were heard longest ago; who is left out is due at the next turn. */
  function due(nowMs: number, most: number): Presence[] {
    // Looked for four times an interval: so that none waits for longer than one.
    const overdue = nowMs - config.writeMs * 0.75;
    const isDue = ({ id, report, writtenMs, lastSeenMs }: Presence) =>
      report !== null && !came.has(id) && (changed.has(id) || (writtenMs <= overdue && lastSeenMs > writtenMs));
    return [...here.values()].filter(isDue).slice(0, most);
  }

  /** All that is known of devices where `all` says so, else what is due. */
  async function flush({ all = false } = {}): Promise<void> {
    const nowMs = now();
    const most = all ? here.size : maxBatch();
    const orphans = nowMs >= orphansAtMs;
    // Looking for what is due takes a pass over all devices: four times an interval is enough.
    const looking = changed.size > 0 || nowMs >= lookedAtMs + config.writeMs / 4;
    if (came.size + left.size === 0 && !orphans && !looking && !all) return;
    const newcomers = [...came].slice(0, most).flatMap((id) => here.get(id) ?? []);
    const stayed = all
      ? [...here.values()].filter(({ id, report }) => report !== null && !came.has(id))
      : looking
        ? due(nowMs, most)
        : [];
    if (looking && stayed.length < most) lookedAtMs = nowMs;
    if (newcomers.length + stayed.length + left.size === 0 && !orphans) return;
    const written = [...newcomers, ...stayed];
    const batch = {
      came: newcomers.flatMap(({ report }) => report ?? []),
      stayed: stayed.flatMap(({ report }) => report ?? []),
      changed: new Set(written.flatMap(({ id }) => (changed.has(id) ? id : []))),
      left: [...left].map(([id, lastSeenMs]) => ({ id, lastSeenMs })),
      orphansBeforeMs: orphans ? nowMs - config.writeMs - config.silentMs - orphanSlackMs : null,
    };
    for (const { id } of written) {
      came.delete(id);
      changed.delete(id);
    }
    left.clear();
    try {
      const lost = await table.write(batch);
      if (orphans) orphansAtMs = nowMs + config.writeMs;
      for (const presence of written) presence.writtenMs = nowMs;
      for (const id of lost) forget(id, batch.came);
    } catch (error) {
      // It is told later: what became of these devices since goes before it.
      for (const { id } of batch.came) if (here.has(id)) came.add(id);
      for (const id of batch.changed) if (here.has(id)) changed.add(id);
      for (const { id, lastSeenMs } of batch.left) if (!left.has(id)) left.set(id, lastSeenMs);
      // Other instances could not write either: they come first once the database is back.
      orphansAtMs = nowMs + config.writeMs + orphanSlackMs;
      throw error;
    }
  }

  /** Another instance hears this device, unless it has come back here since. */
  function forget(id: number, reports: readonly Reported[]): void {
    const presence = here.get(id);
    if (presence === undefined) return;
    const wasNew = reports.some((report) => report.id === id);
    if (wasNew || presence.lastSeenMs <= presence.writtenMs) here.delete(id);
    else came.add(id);
  }

  function turn(): void {
    sweep();
    flushing ??= flush()
      .catch((error: unknown) => log.debug({ err: error }, "the pool is written later"))
      .finally(() => {
        flushing = undefined;
      });
  }

  return {
    get size() {
      return here.size;
    },
    familyOf,
    knownFamily: (id) => here.get(id)?.family,
    beat,
    leave,
    forgetFamilies(devices) {
      for (const id of devices) {
        const presence = here.get(id);
        if (presence !== undefined) presence.family = undefined;
      }
    },
    async start(signal) {
      signal.throwIfAborted();
      orphansAtMs = now() + config.writeMs;
      timer = setInterval(turn, flushMs);
      timer.unref();
    },
    async stop() {
      if (timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
      await flushing;
      await flush({ all: true }).catch((error: unknown) => log.warn({ err: error }, "the pool was not written"));
    },
  };
}

function toReported({ id, most }: Presence, heard: HeartbeatReport, nowMs: number): Reported {
  return {
    id,
    lastSeenMs: nowMs,
    offered: {
      cores: Math.min(heard.cpu.offeredCores, most.cores),
      memoryBytes: Math.min(heard.memory.offeredBytes, most.memoryBytes),
      storageBytes: Math.min(heard.storage.offeredBytes, most.storageBytes),
      gpus: Math.min(heard.gpu.offered, most.gpus),
    },
    usedMemoryBytes: heard.memory.usedBytes,
    usedStorageBytes: heard.storage.usedBytes,
    loadPercent: heard.cpu.loadPercent,
    temperatureC: heard.cpu.temperatureC,
    uptimeS: heard.uptime,
  };
}

function isSame(a: Offered, b: Offered): boolean {
  return (
    a.cores === b.cores && a.memoryBytes === b.memoryBytes && a.storageBytes === b.storageBytes && a.gpus === b.gpus
  );
}
