import type { Target } from "../target.ts";
import { agentTargets } from "./agents.ts";
import { answerTargets } from "./answers.ts";
import { backboneTargets } from "./backbone.ts";
import { evidenceTargets } from "./evidence.ts";
import { onionTargets } from "./onion.ts";
import { parkingTargets } from "./parking.ts";
import { punchTargets } from "./punch.ts";
import { recordTargets } from "./records.ts";
import { socketTargets } from "./sockets.ts";
import { streamTargets } from "./streams.ts";

/** Every parser of ours that reads what strangers send; those of libp2p and of Node are theirs to fuzz. */
export const targets: readonly Target[] = [
  ...socketTargets,
  ...streamTargets,
  ...parkingTargets,
  ...punchTargets,
  ...onionTargets,
  ...recordTargets,
  ...evidenceTargets,
  ...backboneTargets,
  ...agentTargets,
  ...answerTargets,
];
