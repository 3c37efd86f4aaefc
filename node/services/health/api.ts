import { z } from "zod";
import { route } from "../../api/route.ts";
import { chainErrors } from "../../core/chain/errors.ts";
import { evidenceErrors } from "../../core/evidence/errors.ts";
import { hexSchema, peerIdSchema } from "../../core/schema.ts";
import { healthErrors } from "./errors.ts";

const score = z.number().int().min(0).max(100);
/** 0 to 10,000. */
const basisPoints = z.number().int().min(0).max(10_000);
const input = z.object({ peerId: peerIdSchema });
const chain = [
  chainErrors.CHAIN_UNREACHABLE,
  chainErrors.WRONG_CHAIN,
  chainErrors.NO_CONTRACT,
  healthErrors.NODE_UNKNOWN,
];

/** The backbones that were asked for the evidence: `same` gave the one of the root. */
const sources = z.array(z.object({ url: z.string(), state: z.enum(["same", "different", "unavailable"]) }));

export const replaySchema = z.object({
  peerId: peerIdSchema,
  epoch: z.number().int(),
  /** Merkle root of the evidence, on chain. */
  root: hexSchema,
  /** On chain now. */
  score,
  /** On chain before the epoch, what the epoch's probes are worth, and the step towards it that an epoch allows. */
  before: score,
  target: score,
  expected: score,
  /** Whether the score on chain is the one that comes of the evidence. */
  agrees: z.boolean(),
  uptime: basisPoints,
  latency: basisPoints,
  availability: basisPoints,
  latencyMs: z.number().int().nullable(),
  /** Slots in which it was there, of those in which it was asked: of the last epochs, oldest first. */
  history: z.array(z.tuple([z.number().int(), z.number().int()])),
  probes: z.object({ asked: z.number().int(), answered: z.number().int(), probers: z.number().int() }),
  /** Signatures that were checked: the answers of all nodes, and one by each backbone. */
  signatures: z.number().int(),
  sources,
});
export type Replay = z.infer<typeof replaySchema>;

export const healthRoutes = {
  score: route({
    method: "GET",
    path: "/api/score",
    access: "owner",
    summary: "A node's score on chain, and whether look-ups name it.",
    input,
    output: z.object({
      peerId: peerIdSchema,
      score,
      /** Light nodes below 30 are left out of look-ups until they recover. */
      lookedUp: z.boolean(),
      /** The newest epoch whose scores are on chain. */
      epoch: z.number().int().nullable(),
      epochLengthS: z.number().int().nullable(),
    }),
    errors: chain,
  }),
  evidence: route({
    method: "GET",
    path: "/api/score/evidence",
    access: "owner",
    summary: "Downloads the evidence of an epoch, as its root names it, for whoever checks it by himself.",
    input: z.object({ epoch: z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER), root: hexSchema }),
    output: z.object({ lines: z.array(z.string()), sources }),
    errors: [
      chainErrors.CHAIN_UNREACHABLE,
      chainErrors.WRONG_CHAIN,
      chainErrors.NO_CONTRACT,
      healthErrors.EVIDENCE_UNAVAILABLE,
    ],
  }),
  replay: route({
    method: "POST",
    path: "/api/score/replay",
    access: "owner",
    summary:
      "Downloads the evidence behind the newest scores, checks it against the chain, and computes the score anew.",
    input,
    output: replaySchema,
    errors: [
      ...chain,
      healthErrors.NO_SCORES,
      healthErrors.NODE_NOT_RATED,
      healthErrors.EVIDENCE_UNAVAILABLE,
      evidenceErrors.EVIDENCE_INVALID,
    ],
  }),
};
