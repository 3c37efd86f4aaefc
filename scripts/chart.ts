/** Points that are joined from left to right. */
type Run = readonly (readonly [x: number, y: number])[];

/** What one name stands for: several runs where it breaks in between. */
export interface Line {
  readonly name: string;
  readonly runs: readonly Run[];
}

/** One drawing of several under each other. */
export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

export interface Axis {
  /** Where a value stands: 0 is the left end, 1 the right one. */
  place(x: number): number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** Where something happened. */
  readonly marks?: readonly number[];
}

/** Okabe and Ito's palette, which colour-blind readers tell apart. */
const colours = ["#000000", "#999999", "#0072b2", "#56b4e9", "#009e73", "#d55e00", "#e69f00", "#cc79a7"];
const size = { width: 960, panelHeight: 240, left: 60, right: 130, top: 34, bottom: 30 } as const;

/** An SVG of lines over one axis, a panel for each quantity. */
export function chartSvg(title: string, axis: Axis, panels: readonly Panel[]): string {
  const height = panels.length * size.panelHeight + 30;
  const drawn = panels.map(
    (panel, index) => `<g transform="translate(0 ${30 + index * size.panelHeight})">${drawPanel(panel, axis)}</g>`,
  );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${size.left}" y="22" font-size="15">${escapeXml(title)}</text>`,
    ...drawn,
    "</svg>",
  ].join("\n")}\n`;
}

function drawPanel({ title, lines }: Panel, { place, ticks, marks = [] }: Axis): string {
  const right = size.width - size.right;
  const bottom = size.panelHeight - size.bottom;
  const most = Math.max(1, ...lines.flatMap(({ runs }) => runs.flat().map(([, amount]) => amount)));
  const step = niceStep(most / 4);
  const top = step * Math.ceil(most / step);
  const x = (at: number) => (size.left + place(at) * (right - size.left)).toFixed(1);
  const y = (amount: number) => (bottom - (amount / top) * (bottom - size.top)).toFixed(1);

  const parts = [`<text x="${size.left}" y="${size.top - 10}">${escapeXml(title)}</text>`];
  for (let amount = 0; amount <= top; amount += step) {
    parts.push(`<path d="M${size.left} ${y(amount)}H${right}" stroke="#dddddd"/>`);
    parts.push(`<text x="${size.left - 6}" y="${y(amount)}" dy="4" text-anchor="end">${amount}</text>`);
  }
  for (const { at, text } of ticks) {
    parts.push(`<text x="${x(at)}" y="${bottom + 16}" text-anchor="middle">${text}</text>`);
  }
  for (const at of marks) parts.push(`<path d="M${x(at)} ${bottom}v-6" stroke="#d55e00"/>`);
  for (const [index, { name, runs }] of lines.entries()) {
    const colour = colours[index % colours.length];
    const path = runs
      .map((run) => run.map(([at, amount], place) => `${place === 0 ? "M" : "L"}${x(at)} ${y(amount)}`).join(""))
      .join("");
    parts.push(`<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`);
    parts.push(`<text x="${right + 8}" y="${size.top + 12 + index * 16}" fill="${colour}">${escapeXml(name)}</text>`);
  }
  return parts.join("\n");
}

/** The next of 1, 2, 5, 10, 20 … */
export function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(atLeast, 1)));
  return ([1, 2, 5].find((factor) => factor * power >= atLeast) ?? 10) * power;
}

const escapeXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
