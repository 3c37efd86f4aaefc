import type { Sample } from "./samples.ts";

/** One drawing under the other: a line for each process, so that a crash breaks a node's line. */
interface Panel {
  readonly title: string;
  readonly value: (sample: Sample) => number;
}

const panels: readonly Panel[] = [
  { title: "resident memory, MB", value: ({ rssMB }) => rssMB },
  { title: "heap and buffers after garbage collection, without compiled code, MB", value: ({ heapMB }) => heapMB },
  { title: "open files", value: ({ openFiles }) => openFiles ?? 0 },
];
/** Okabe and Ito's palette, which colour-blind readers tell apart. */
const colours = ["#000000", "#999999", "#0072b2", "#56b4e9", "#009e73", "#d55e00", "#e69f00", "#cc79a7"];
const size = { width: 960, panelHeight: 240, left: 60, right: 130, top: 34, bottom: 30 } as const;

/** An SVG of what every process held over the time, with a tick for each crash. */
export function plotSvg(samples: readonly Sample[], crashesS: readonly number[], title: string): string {
  const endS = Math.max(60, ...samples.map(({ atS }) => atS));
  const nodes = [...new Set(samples.map(({ node }) => node))].sort();
  const height = panels.length * size.panelHeight + 30;
  const drawn = panels.map((panel, index) => {
    const inner = drawPanel(panel, { samples, crashesS, nodes, endS });
    return `<g transform="translate(0 ${30 + index * size.panelHeight})">${inner}</g>`;
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${size.left}" y="22" font-size="15">${escapeXml(title)}</text>`,
    ...drawn,
    "</svg>",
  ].join("\n")}\n`;
}

interface Drawing {
  samples: readonly Sample[];
  crashesS: readonly number[];
  nodes: readonly string[];
  endS: number;
}

function drawPanel({ title, value }: Panel, { samples, crashesS, nodes, endS }: Drawing): string {
  const right = size.width - size.right;
  const bottom = size.panelHeight - size.bottom;
  const step = niceStep(Math.max(1, ...samples.map(value)) / 4);
  const top = step * Math.ceil(Math.max(1, ...samples.map(value)) / step);
  const x = (atS: number) => (size.left + (atS / endS) * (right - size.left)).toFixed(1);
  const y = (amount: number) => (bottom - (amount / top) * (bottom - size.top)).toFixed(1);

  const parts = [`<text x="${size.left}" y="${size.top - 10}">${escapeXml(title)}</text>`];
  for (let amount = 0; amount <= top; amount += step) {
    parts.push(`<path d="M${size.left} ${y(amount)}H${right}" stroke="#dddddd"/>`);
    parts.push(`<text x="${size.left - 6}" y="${y(amount)}" dy="4" text-anchor="end">${amount}</text>`);
  }
  const minutes = niceStep(endS / 60 / 8);
  for (let minute = 0; minute * 60 <= endS; minute += minutes) {
    parts.push(`<text x="${x(minute * 60)}" y="${bottom + 16}" text-anchor="middle">${minute} min</text>`);
  }
  for (const atS of crashesS) parts.push(`<path d="M${x(atS)} ${bottom}v-6" stroke="#d55e00"/>`);
  for (const [index, node] of nodes.entries()) {
    const colour = colours[index % colours.length];
    const lives = Map.groupBy(
      samples.filter((sample) => sample.node === node),
      ({ pid }) => pid,
    );
    const path = [...lives.values()]
      .map((life) => life.map((sample, at) => `${at === 0 ? "M" : "L"}${x(sample.atS)} ${y(value(sample))}`).join(""))
      .join("");
    parts.push(`<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`);
    parts.push(`<text x="${right + 8}" y="${size.top + 12 + index * 16}" fill="${colour}">${escapeXml(node)}</text>`);
  }
  return parts.join("\n");
}

/** The next of 1, 2, 5, 10, 20 … */
function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(atLeast, 1)));
  return ([1, 2, 5].find((factor) => factor * power >= atLeast) ?? 10) * power;
}

const escapeXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
