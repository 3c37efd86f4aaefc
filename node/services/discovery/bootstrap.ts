import type { Logger } from "pino";
import { createBackoff } from "../../core/backoff.ts";
import { nextChange } from "../../core/change.ts";
import { createLoop } from "../../core/loop.ts";
import type { Overlay } from "../../core/overlay/index.ts";
import type { Service } from "../../core/service.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";
import type { LastKnown } from "./last-known.ts";

/** Backbones come first: whoever has one is connected long before. */
const patienceMs = { minMs: 3_000, maxMs: 60_000 };
const dialsAtOnce = 4;
const dialTimeoutMs = 10_000;
/** Safety net under the events. */
const checkIntervalMs = 30_000;

/**
 * Returns to the mesh without any backbone: a node that has no connection at all, and waits at no relay, dials the peers that it knew last, and
 * with one of them it has the DHT again.
 */
export function createBootstrap(deps: {
  overlay: Pick<Overlay, "connect" | "connections" | "onChange" | "waiting">;
  lastKnown: Pick<LastKnown, "newest">;
  log: Logger;
  /** How long it is alone before it dials, and between two rounds. */
  patience?: typeof patienceMs;
}): Service {
  const { overlay, lastKnown, log, patience = patienceMs } = deps;
  const { stopping, ...life } = createLoop(() => run());

  const alone = () => overlay.connections().length === 0 && overlay.waiting.places.size === 0;

  const dialSome = async (round: number) => {
    const peers = lastKnown.newest(Number.POSITIVE_INFINITY);
    const from = peers.length === 0 ? 0 : (round * dialsAtOnce) % peers.length;
    const signal = AbortSignal.any([stopping, timeoutSignal(dialTimeoutMs)]);
    const dials = peers.slice(from, from + dialsAtOnce).map((record) => overlay.connect(record, signal));
    await Promise.allSettled(dials);
    if (dials.length > 0 && !alone()) log.info("back in the mesh through a peer that was known last");
  };

  const run = async () => {
    const backoff = createBackoff(patience);
    for (let round = 0; !stopping.aborted; ) {
      if (!alone()) {
        backoff.reset();
        round = 0;
        await nextChange([overlay], checkIntervalMs, stopping);
        continue;
      }
      await nextChange([overlay], backoff.next(), stopping);
      if (!stopping.aborted && alone()) await dialSome(round++);
    }
  };

  return life;
}
