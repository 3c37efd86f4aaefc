export type { Attempt } from "./attempts.ts";
export { type Dialer, dialer } from "./dialer.ts";
export { createDirectRung } from "./direct.ts";
export { ladderErrors } from "./errors.ts";
export { createImprover } from "./improver.ts";
export { createLadder, type Ladder, type RungPlan } from "./ladder.ts";
export { createRelayedRung } from "./relayed.ts";
export { createRetirement } from "./retirement.ts";
export type { Rung, Target, Way } from "./rung.ts";
