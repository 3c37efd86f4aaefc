import { slotsPerEpoch } from "../../core/evidence/score.ts";

/** Where epochs, their slots and their closing are in time. */
export interface EpochClock {
  readonly epochLengthS: number;
  readonly epochLengthMs: number;
  readonly slotMs: number;
  epochAt(timeMs: number): number;
  startOf(epoch: number): number;
  /** The newest epoch whose probes have all ended: one slot after the epoch's own end. */
  closedAt(timeMs: number): number;
  /** How many slots an epoch has been closed for: with each, it is another backbone's turn to propose. */
  attemptAt(epoch: number, timeMs: number): number;
}

export function createEpochClock(epochLengthS: number): EpochClock {
  const epochLengthMs = epochLengthS * 1_000;
  const slotMs = epochLengthMs / slotsPerEpoch;
  const epochAt = (timeMs: number) => Math.floor(timeMs / epochLengthMs);
  return {
    epochLengthS,
    epochLengthMs,
    slotMs,
    epochAt,
    startOf: (epoch) => epoch * epochLengthMs,
    closedAt: (timeMs) => epochAt(timeMs - slotMs) - 1,
    attemptAt: (epoch, timeMs) => Math.floor((timeMs - (epoch + 1) * epochLengthMs) / slotMs) - 1,
  };
}
