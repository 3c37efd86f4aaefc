import { formatBps, separators } from "../../_shared/node/format.ts";
import { i18n } from "../../_shared/text/i18n.ts";

/** What the operator keeps of what the node earns, in 1/100 %; the rest raises the node's stake. */
export interface Commission {
  bps: number;
  /** One that is announced, and when it may begin. */
  next: { bps: number; atMs: number } | null;
  /** Whether others than the operator hold a part of the stake: they are warned before it rises. */
  hasStakers: boolean;
}

/** As in StakePools.sol. */
const maxStepBps = 500;
const fullBps = 10_000;

/** A percentage as typed, with up to two decimals, in 1/100 %; null where it is not one. */
export function parseBps(text: string): number | null {
  const [whole = "", fraction = "", ...more] = text.trim().split(separators().decimal);
  if (!/^\d{1,3}$/.test(whole) || !/^\d{0,2}$/.test(fraction) || more.length > 0) return null;
  const bps = Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
  return bps <= fullBps ? bps : null;
}

/** Whether the contract has it begin at once, and not after the stakers had time to leave. */
export const beginsAtOnce = ({ bps, hasStakers }: Commission, wanted: number) => wanted <= bps || !hasStakers;

/** The highest that the contract takes. */
const highestBps = ({ bps, hasStakers }: Commission) => (hasStakers ? Math.min(fullBps, bps + maxStepBps) : fullBps);

/** What is wrong with what was typed; null where nothing is. */
export function commissionError(commission: Commission, text: string): string | null {
  const wanted = parseBps(text);
  if (text === "") return null;
  if (wanted === null) return i18n._("Enter 0 to 100 %, such as 12.5.");
  const highest = highestBps(commission);
  if (wanted <= highest) return null;
  return i18n._("At most {highest}: it may rise by 5 percentage points at a time.", { highest: formatBps(highest) });
}
