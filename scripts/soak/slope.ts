/** A value at a time. */
export interface Point {
  /** Seconds since the start. */
  readonly atS: number;
  readonly value: number;
}

/** What a line through the points rises by in an hour: least squares; null where the points make no line. */
export function slopePerHour(points: readonly Point[]): number | null {
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanS, meanValue] = [mean(({ atS }) => atS), mean(({ value }) => value)];
  let products = 0;
  let squares = 0;
  for (const { atS, value } of points) {
    products += (atS - meanS) * (value - meanValue);
    squares += (atS - meanS) ** 2;
  }
  return squares > 0 ? (products / squares) * 3_600 : null;
}
