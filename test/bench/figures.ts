/** A benchmark: the `bench` that test/bench/<name>/index.ts exports. */
export interface Bench {
  /** What it measures, in a line. */
  readonly title: string;
  /** Whom we are compared with, and in which version. */
  readonly peer: string;
  /** What nobody can beat on this machine. */
  readonly limit: string;
  /** Measures all three in one run; `onStep` is told before each step. */
  run(onStep: (step: string) => void): Promise<Figure[]>;
}

export interface Figure {
  /** Name in the JSON, camelCase, without the unit: `joined`. */
  readonly key: string;
  /** Suffix in the JSON: `Ms`, `MB`, `Percent`, `Count`. */
  readonly unit: string;
  readonly title: string;
  readonly ours: number;
  readonly peer?: number;
  readonly limit?: number;
  /** @default "lower" */
  readonly better?: "lower" | "higher";
  /** What the issue demands: past it, the run fails. */
  readonly floor?: number;
  /** What we want to reach. */
  readonly aim?: number;
}

/** One flat object: `joinedMs`, `peerJoinedMs`, `limitJoinedMs`, `joinedToPeerRatio`, `joinedToLimitRatio`. */
export function toFlat(figures: readonly Figure[]): Record<string, number> {
  const flat: Record<string, number> = {};
  for (const { key, unit, ours, peer, limit } of figures) {
    const capital = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
    flat[`${key}${unit}`] = rounded(ours);
    if (peer !== undefined) flat[`peer${capital}${unit}`] = rounded(peer);
    if (limit !== undefined) flat[`limit${capital}${unit}`] = rounded(limit);
    if (peer) flat[`${key}ToPeerRatio`] = rounded(ours / peer);
    if (limit) flat[`${key}ToLimitRatio`] = rounded(ours / limit);
  }
  return flat;
}

/** A sentence where a floor is missed. */
export function misses({ title, unit, ours, floor, better = "lower" }: Figure): string[] {
  if (floor === undefined || (better === "lower" ? ours <= floor : ours >= floor)) return [];
  return [`${title}: ${rounded(ours)} ${unit}, the floor is ${rounded(floor)}`];
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Nearest rank. @throws where there is no value */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("nothing was measured");
  return value;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
