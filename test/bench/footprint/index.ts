import { setTimeout as delay } from "node:timers/promises";
import type { Bench } from "../figures.ts";
import { besideOthers, limit, peer, type Started } from "../light-node/beside.ts";
import { cpuPercent, residentMB } from "../process-stats.ts";

/** From joined until memory is read: what the start left behind has been collected by then, in all three. */
const settleMs = 30_000;
const idleMs = 60_000;

export const bench: Bench = {
  title: "memory and idle CPU of a registered light node that relays, serves both DHTs and offers itself to the pool",
  peer,
  limit,
  run: (onStep) =>
    besideOthers(onStep, { SHADOWMESH_POOL_ENABLED: "true" }, async (starts) => {
      onStep(`${settleMs / 1000} s to settle, then ${idleMs / 1000} s, ours and the others' at once`);
      const [ours, ofPeer, ofLimit] = await Promise.all([
        observe(starts.ours),
        observe(starts.peer),
        observe(starts.limit),
      ]);
      const all = (key: keyof Idle) => ({ ours: ours[key], peer: ofPeer[key], limit: ofLimit[key] });
      return [
        { key: "rss", unit: "MB", title: "memory (RSS), idle", ...all("rssMB"), floor: 150, aim: 110 },
        { key: "idleCpu", unit: "Percent", title: "idle CPU, of one core", ...all("cpuPercent"), floor: 3, aim: 1 },
      ];
    }),
};

interface Idle {
  rssMB: number;
  cpuPercent: number;
}

async function observe(start: () => Promise<Started>): Promise<Idle> {
  const { pid, stop } = await start();
  try {
    await delay(settleMs);
    const cpu = await cpuPercent(pid, idleMs);
    return { rssMB: await residentMB(pid), cpuPercent: cpu };
  } finally {
    await stop();
  }
}
