import type { Hex } from "viem";
import type { RelayConfig } from "./config.ts";

/** How far ahead of its rate a cap lets bytes go, so that timers of a millisecond do not slow it down. */
const burstMs = 20;

export type BandwidthLimits = Pick<RelayConfig, "maxBytesPerSecond" | "maxBytesPerSecondPerPeer" | "schedule">;

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once after so many milliseconds; returns what cancels it. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Keeps what is relayed under the caps, and shares what there is evenly between the clients that want more. */
export interface Bandwidth {
  /** Undefined where the bytes may pass at once, else what resolves when they may. */
  take(client: Hex, bytes: number): Promise<void> | undefined;
  /** Takes other caps from now on; what was held back by the former ones is not held against anybody. */
  limit(limits: BandwidthLimits): void;
  /** Lets go what waits. */
  stop(): void;
}

interface Waiting {
  readonly bytes: number;
  /** Virtual time at which it is due. */
  readonly start: number;
  release(): void;
}

interface Share {
  readonly waiting: Waiting[];
  /** Virtual time at which its last bytes end: its bytes so far, as long as it always wants more. */
  finish: number;
  /** When its own cap has room again, in milliseconds. */
  freeAtMs: number;
}

/**
 * Start-time fair queueing (Goyal, Vin, Cheng: SIGCOMM 1996): each client's bytes are due when its former ones end in
 * virtual time, and the earliest due go first. Two clients that both want more are never further apart than the largest
 * piece of each, however many pipes they have.
 */
export function createBandwidth(initial: BandwidthLimits, clock: Clock = systemClock): Bandwidth {
  const shares = new Map<Hex, Share>();
  let limits = initial;
  let virtualTime = 0;
  let totalFreeAtMs = 0;
  let waitingCount = 0;
  let timer: { atMs: number; cancel: () => void } | undefined;

  const charge = (share: Share, { bytes, start }: Waiting, nowMs: number) => {
    const total = totalLimitAt(limits, nowMs);
    totalFreeAtMs = total === null ? 0 : roomAfter(totalFreeAtMs, bytes, total, nowMs);
    const perPeer = limits.maxBytesPerSecondPerPeer;
    if (perPeer !== null) share.freeAtMs = roomAfter(share.freeAtMs, bytes, perPeer, nowMs);
    virtualTime = start;
  };

  /** The share whose first bytes are due before all others', of those that their own cap lets go. */
  const nextDue = (nowMs: number) => {
    let due: Share | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const share of shares.values()) {
      const start = share.waiting[0]?.start ?? Number.POSITIVE_INFINITY;
      if (start >= earliest || share.freeAtMs > nowMs) continue;
      [due, earliest] = [share, start];
    }
    return due;
  };

  const releaseDue = () => {
    const nowMs = clock.now();
    while (waitingCount > 0 && totalFreeAtMs <= nowMs) {
      const share = nextDue(nowMs);
      const next = share?.waiting.shift();
      if (share === undefined || next === undefined) break;
      waitingCount--;
      charge(share, next, nowMs);
      next.release();
    }
    if (waitingCount > 0) wake(nowMs);
  };

  /** Has the timer run when the first of those who wait may go, if it would not before. */
  const wake = (nowMs: number) => {
    const wanting = [...shares.values()].filter(({ waiting }) => waiting.length > 0);
    const atMs = Math.max(nowMs + 1, totalFreeAtMs, Math.min(...wanting.map(({ freeAtMs }) => freeAtMs)));
    if (timer !== undefined && timer.atMs <= atMs) return;
    timer?.cancel();
    const run = () => {
      timer = undefined;
      releaseDue();
    };
    timer = { atMs, cancel: clock.after(atMs - nowMs, run) };
  };

  /** While nobody waits nobody is owed anything: the clients of the past are forgotten. */
  const forget = (nowMs: number) => {
    for (const [client, { finish, freeAtMs }] of shares) {
      virtualTime = Math.max(virtualTime, finish);
      if (freeAtMs <= nowMs) shares.delete(client);
    }
  };

  return {
    take(client, bytes) {
      const nowMs = clock.now();
      if (waitingCount === 0) {
        const isCapped = limits.maxBytesPerSecondPerPeer !== null || totalLimitAt(limits, nowMs) !== null;
        if (!isCapped) return undefined;
        forget(nowMs);
      }
      const share = shares.get(client) ?? { waiting: [], finish: 0, freeAtMs: 0 };
      shares.set(client, share);
      const start = Math.max(virtualTime, share.finish);
      share.finish = start + bytes;
      let isHeld = true;
      const released = new Promise<void>((resolve) => {
        const release = () => {
          isHeld = false;
          resolve();
        };
        share.waiting.push({ bytes, start, release });
      });
      waitingCount++;
      releaseDue();
      return isHeld ? released : undefined;
    },
    limit(next) {
      limits = next;
      totalFreeAtMs = 0;
      for (const share of shares.values()) share.freeAtMs = 0;
      timer?.cancel();
      timer = undefined;
      releaseDue();
    },
    stop() {
      timer?.cancel();
      timer = undefined;
      for (const { waiting } of shares.values()) for (const { release } of waiting) release();
      shares.clear();
      waitingCount = 0;
    },
  };
}

/** When a cap has room again after these bytes. */
function roomAfter(freeAtMs: number, bytes: number, bytesPerSecond: number, nowMs: number): number {
  return Math.max(freeAtMs, nowMs - burstMs) + (bytes / bytesPerSecond) * 1000;
}

/** The cap of the first entry of the schedule that holds the time of day on this machine, else the one for all day. */
export function totalLimitAt({ maxBytesPerSecond, schedule }: BandwidthLimits, nowMs: number): number | null {
  if (schedule.length === 0) return maxBytesPerSecond;
  const date = new Date(nowMs);
  const time = `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
  const holds = ({ from, to }: { from: string; to: string }) =>
    from < to ? from <= time && time < to : from <= time || time < to;
  const entry = schedule.find(holds);
  return entry === undefined ? maxBytesPerSecond : entry.maxBytesPerSecond;
}
