import { text } from "node:stream/consumers";
import { chartSvg } from "../../../scripts/chart.ts";

// Draws what a run came to: `npm run bench -- pool | tail -n 1 | node test/bench/pool/growth.ts > docs/pool-growth.svg`.

const { figures }: { figures: Record<string, number> } = JSON.parse(await text(process.stdin));

/** Numbers of agents that were measured, smallest first. */
const sizes = Object.keys(figures)
  .flatMap((key) => /^heartbeatsOf(\d+)PerSecond$/.exec(key)?.[1] ?? [])
  .map(Number)
  .sort((a, b) => a - b);
const [fewest = 1, most = 1] = [sizes[0], sizes.at(-1)];

const line = (name: string, figureOf: (size: number) => number | undefined) => ({
  name,
  runs: [sizes.map((size) => [size, figureOf(size) ?? 0] as const)],
});
// Twice as many agents are as far apart everywhere: what grows with their number bends upwards.
const axis = {
  place: (size: number) => Math.log(size / fewest) / Math.log(most / fewest),
  ticks: sizes.map((size) => ({ at: size, text: `${size} agents` })),
};
process.stdout.write(
  chartSvg("The pool at one backbone process, by the number of agents", axis, [
    {
      title: "processor for a heartbeat, microseconds",
      lines: [line("ours", (size) => figures[`cpuOf${size}Us`])],
    },
    {
      title: "heartbeats a second, as fast as they go",
      lines: [
        line("ours", (size) => figures[`heartbeatsOf${size}PerSecond`]),
        line("bare Fastify", (size) => figures[`peerHeartbeatsOf${size}PerSecond`]),
      ],
    },
    {
      title: "p99 in milliseconds",
      lines: [
        line("at full speed", (size) => figures[`p99Of${size}Ms`]),
        line("one in 5 s each", (size) => figures[`steadyP99Of${size}Ms`]),
      ],
    },
    { title: "memory of the process, MB", lines: [line("ours", (size) => figures[`residentOf${size}MB`])] },
  ]),
);
