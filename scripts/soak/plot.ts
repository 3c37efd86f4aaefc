import { chartSvg, niceStep } from "../chart.ts";
import type { Sample } from "./samples.ts";

const quantities: readonly { title: string; value: (sample: Sample) => number }[] = [
  { title: "resident memory, MB", value: ({ rssMB }) => rssMB },
  { title: "heap and buffers after garbage collection, without compiled code, MB", value: ({ heapMB }) => heapMB },
  { title: "open files", value: ({ openFiles }) => openFiles ?? 0 },
];

/** An SVG of what every process held over the time, with a tick for each crash, which breaks its node's line. */
export function plotSvg(samples: readonly Sample[], crashesS: readonly number[], title: string): string {
  const endS = Math.max(60, ...samples.map(({ atS }) => atS));
  const nodes = [...new Set(samples.map(({ node }) => node))].sort();
  const minutes = niceStep(endS / 60 / 8);
  const ticks = Array.from({ length: Math.floor(endS / 60 / minutes) + 1 }, (_, index) => index * minutes);
  const axis = {
    place: (atS: number) => atS / endS,
    ticks: ticks.map((minute) => ({ at: minute * 60, text: `${minute} min` })),
    marks: crashesS,
  };
  const panels = quantities.map(({ title, value }) => ({
    title,
    lines: nodes.map((node) => {
      const lives = Map.groupBy(
        samples.filter((sample) => sample.node === node),
        ({ pid }) => pid,
      );
      const runs = [...lives.values()].map((life) => life.map((sample) => [sample.atS, value(sample)] as const));
      return { name: node, runs };
    }),
  }));
  return chartSvg(title, axis, panels);
}
