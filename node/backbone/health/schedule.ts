import type { Logger } from "pino";
import type { Hex } from "viem";
import { sleep } from "../../core/backoff.ts";
import { createLoop } from "../../core/loop.ts";
import type { Service } from "../../core/service.ts";
import type { EpochClock } from "./epochs.ts";

/** Probes under way at once: each dials anew, and a handshake costs some ten milliseconds of processor. */
const maxConcurrent = 16;
/** Every fourth node is asked a second time within a slot: a quiet moment after the first is not to be relied on. */
const extraShare = 0.25;
/** While the chain tells no epochs, or the registry is away. */
const retryMs = 5_000;

export interface Planned {
  readonly peerId: Hex;
  readonly atMs: number;
}

/** When each node is asked within one slot: at a random moment, and some at a second one. */
export function planSlot(
  peerIds: readonly Hex[],
  slot: { startMs: number; lengthMs: number },
  random: () => number,
): Planned[] {
  const moment = (peerId: Hex) => ({ peerId, atMs: slot.startMs + Math.floor(random() * slot.lengthMs) });
  return peerIds
    .flatMap((peerId) => (random() < extraShare ? [moment(peerId), moment(peerId)] : [moment(peerId)]))
    .sort((a, b) => a.atMs - b.atMs);
}

export interface ScheduleDeps {
  /** Null while no contract keeps scores, or the chain is away. */
  epochs(): Promise<EpochClock | null>;
  /** The nodes to ask. */
  targets(): Promise<readonly Hex[]>;
  probe(peerId: Hex, signal: AbortSignal): Promise<void>;
  now: () => number;
  random?: () => number;
  log: Logger;
}

/** Asks every node in every slot, at moments that it cannot know. */
export function createSchedule(deps: ScheduleDeps): Service {
  const { now, log, random = Math.random } = deps;
  const { stopping, ...life } = createLoop(() => run());
  const underWay = new Set<Promise<void>>();
  let lastSlot = -1;

  const until = (timeMs: number) => sleep(Math.max(0, timeMs - now()), stopping);

  async function launch(peerId: Hex): Promise<void> {
    while (underWay.size >= maxConcurrent) await Promise.race(underWay);
    const probing = deps.probe(peerId, stopping).catch((error: unknown) => {
      if (!stopping.aborted) log.warn({ err: error }, "a probe could not be made");
    });
    const done = probing.finally(() => underWay.delete(done));
    underWay.add(done);
  }

  async function runSlot(epochs: EpochClock): Promise<void> {
    // A timer may end a moment early: a slot is run once all the same.
    lastSlot = Math.max(lastSlot + 1, Math.floor(now() / epochs.slotMs));
    const slot = { startMs: lastSlot * epochs.slotMs, lengthMs: epochs.slotMs };
    await until(slot.startMs);
    for (const { peerId, atMs } of planSlot(await deps.targets(), slot, random)) {
      await until(atMs);
      if (stopping.aborted) return;
      await launch(peerId);
    }
    await until(slot.startMs + slot.lengthMs);
  }

  async function run(): Promise<void> {
    while (!stopping.aborted) {
      try {
        const epochs = await deps.epochs();
        if (epochs === null) await sleep(retryMs, stopping);
        else await runSlot(epochs);
      } catch (error) {
        if (stopping.aborted) return;
        log.warn({ err: error }, "the nodes cannot be probed now");
        await sleep(retryMs, stopping);
      }
    }
  }

  return {
    start: life.start,
    async stop() {
      await life.stop();
      await Promise.all(underWay);
    },
  };
}
