import { type Bench, median } from "../figures.ts";
import { besideOthers, kinds, limit, type Of, peer, type Started } from "../light-node/beside.ts";

const runs = 7;

export const bench: Bench = {
  title: "from process start to joined, of a registered light node",
  peer,
  limit,
  run: (onStep) =>
    besideOthers(onStep, {}, async (starts) => {
      const seen: Of<Started[]> = { ours: [], peer: [], limit: [] };
      for (let run = 1; run <= runs; run++) {
        onStep(`start ${run} of ${runs}, ours and the others' in turn`);
        for (const kind of kinds) {
          const process = await starts[kind]();
          seen[kind].push(process);
          await process.stop();
        }
      }
      const over = (of: (started: Started) => number, all: (values: number[]) => number) => ({
        ours: all(seen.ours.map(of)),
        peer: all(seen.peer.map(of)),
        limit: all(seen.limit.map(of)),
      });
      const joined = over(({ joinedMs }) => joinedMs, median);
      const slowest = over(
        ({ joinedMs }) => joinedMs,
        (values) => Math.max(...values),
      );
      const { ours: apiReady } = over(({ readyMs }) => readyMs, median);
      const rss = over(({ rssMB }) => rssMB, median);
      return [
        { key: "joined", unit: "Ms", title: `joined, median of ${runs}`, ...joined, floor: 5_000, aim: 1_500 },
        { key: "joinedSlowest", unit: "Ms", title: "joined, slowest", ...slowest, floor: 5_000 },
        { key: "apiReady", unit: "Ms", title: "local API answers", ours: apiReady },
        { key: "rssAtJoin", unit: "MB", title: "memory (RSS) when joined", ...rss },
      ];
    }),
};
