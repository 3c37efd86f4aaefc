import { setTimeout as delay } from "node:timers/promises";
import { type Network, untilFound } from "../network/index.ts";

/** Crashes nodes, one after the other, and starts them again. */
export interface Churn {
  /** Whether a node runs, and was found by others since it started. */
  isWell(name: string): boolean;
  /** Changes each time that a node crashes. */
  lifeOf(name: string): number;
  /** Since a node crashed or came back; infinite before the first. */
  msSinceLast(): number;
  /** When each crash was, in seconds from the start. */
  readonly crashesS: readonly number[];
  run(signal: AbortSignal): Promise<void>;
}

export interface ChurnConfig {
  /** The nodes that crash, in this order, again and again. */
  readonly victims: readonly string[];
  readonly everyMs: number;
  readonly downMs: number;
}

/** What a node has until others find it: its start on a busy machine, and its relays'. */
const foundTimeoutMs = 180_000;

export function createChurn(network: Network, { victims, everyMs, downMs }: ChurnConfig): Churn {
  const ill = new Set<string>();
  const lives = new Map<string, number>();
  const crashesS: number[] = [];
  const startedAt = performance.now();
  let changedAt = Number.NEGATIVE_INFINITY;

  async function crash(name: string, signal: AbortSignal): Promise<void> {
    ill.add(name);
    lives.set(name, (lives.get(name) ?? 0) + 1);
    crashesS.push(Math.round((performance.now() - startedAt) / 1_000));
    changedAt = performance.now();
    await network.stopNode(name, "SIGKILL");
    await delay(downMs, undefined, { signal });
    await untilFound(await network.startNode(name), foundTimeoutMs);
    changedAt = performance.now();
    ill.delete(name);
  }

  return {
    crashesS,
    isWell: (name) => !ill.has(name),
    lifeOf: (name) => lives.get(name) ?? 0,
    msSinceLast: () => performance.now() - changedAt,
    async run(signal) {
      try {
        for (let index = 0; ; index++) {
          await delay(everyMs, undefined, { signal });
          await crash(victims[index % victims.length] ?? "", signal);
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}
