/** An epoch has twelve slots: five minutes each where it lasts an hour. Each node is probed at least once in each. */
export const slotsPerEpoch = 12;
/** Uptime looks back over so many epochs, the current one included: half a day where an epoch lasts an hour. */
export const uptimeEpochs = 12;
/** A round trip of so many milliseconds or fewer is as good as can be; from there on points fall by its inverse. */
export const fullMarksLatencyMs = 100;
/** How far an epoch moves a score, up or down; the contract holds to it. */
export const maxStep = 10;
/** Below it, a light node is left out of look-ups. */
export const lookupFloor = 30;

/** One part is worth so many basis points at the most. */
const whole = 10_000;

/** One question of a backbone to a node, and what came of it. */
export interface ProbeOutcome {
  readonly prober: string;
  readonly sentAtMs: number;
  /** Round trip in milliseconds; null where no valid answer came in time. */
  readonly latencyMs: number | null;
}

/** In how many slots of an epoch a node was there, of those in which it was asked. */
export type SlotCount = readonly [up: number, asked: number];

/** What the probes of one epoch say about one node. */
export interface Measurement {
  readonly slots: SlotCount;
  /** Basis points, 0 to 10,000; null where the node was not asked. */
  readonly availability: number | null;
  /** Milliseconds; null where it never answered. */
  readonly latencyMs: number | null;
}

/** A score and what it is made of; the parts are in basis points, 0 to 10,000. */
export interface Score {
  readonly uptime: number;
  readonly latency: number;
  readonly availability: number;
  /** 0 to 100: four tenths uptime, three tenths latency, three tenths availability, rounded half up. */
  readonly score: number;
}

/** The slot of an epoch that a time falls into, 0 to 11. */
export function slotOf(timeMs: number, epochLengthMs: number): number {
  return Math.floor(((timeMs % epochLengthMs) * slotsPerEpoch) / epochLengthMs);
}

/**
 * Sums up the probes of one node in one epoch. Where probers disagree, more than half of them must deny that the node
 * was there: an answer is proved by the node's signature, its absence by nobody.
 */
export function measure(probes: readonly ProbeOutcome[], epochLengthMs: number): Measurement {
  const byProber = [...Map.groupBy(probes, ({ prober }) => prober).values()];
  const bySlot = [...Map.groupBy(probes, ({ sentAtMs }) => slotOf(sentAtMs, epochLengthMs)).values()];
  const shares = byProber.map((own) => Math.floor((answered(own).length * whole) / own.length));
  const latencies = byProber.flatMap((own) => lowerMedian(answered(own)) ?? []);
  return {
    slots: [bySlot.filter(wasUp).length, bySlot.length],
    availability: upperMedian(shares),
    latencyMs: lowerMedian(latencies),
  };
}

/**
 * The score that a node deserves after an epoch in which it was asked.
 *
 * @param history The slots of the last epochs, oldest first, this one included; `uptimeEpochs` at the most.
 */
export function scoreOf(
  history: readonly SlotCount[],
  { availability, latencyMs }: Pick<Measurement, "availability" | "latencyMs">,
): Score {
  const up = history.reduce((sum, [count]) => sum + count, 0);
  const asked = history.reduce((sum, [, count]) => sum + count, 0);
  const uptime = asked === 0 ? 0 : Math.floor((up * whole) / asked);
  const latency =
    latencyMs === null ? 0 : Math.floor((fullMarksLatencyMs * whole) / Math.max(fullMarksLatencyMs, latencyMs));
  const parts = { uptime, latency, availability: availability ?? 0 };
  const tenths = 4 * parts.uptime + 3 * parts.latency + 3 * parts.availability;
  return { ...parts, score: Math.floor((tenths + 500) / 1_000) };
}

/** Where a score is after the step towards its target that one epoch allows. */
export function step(before: number, target: number): number {
  return Math.max(before - maxStep, Math.min(before + maxStep, target));
}

const answered = (probes: readonly ProbeOutcome[]): number[] => probes.flatMap(({ latencyMs }) => latencyMs ?? []);

/** Whether at least half of those who asked within one slot got an answer. */
function wasUp(probes: readonly ProbeOutcome[]): boolean {
  const asking = new Set(probes.map(({ prober }) => prober));
  const heard = new Set(probes.filter(({ latencyMs }) => latencyMs !== null).map(({ prober }) => prober));
  return 2 * heard.size >= asking.size;
}

/** The middle value; of an even number of values, the lower of the two in the middle. */
function lowerMedian(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? null;
}

function upperMedian(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
