import { z } from "zod";
import { ShadowMeshError } from "../errors.ts";
import { addressSchema, hexSchema, nodeTypeSchema, peerIdSchema } from "../schema.ts";
import { evidenceErrors } from "./errors.ts";
import { slotsPerEpoch, uptimeEpochs } from "./score.ts";

// An evidence file is text, a JSON object a line, and each line is a leaf of the Merkle tree. A line has one spelling:
// the keys in the order of its schema, no spaces. Its sequence is: epoch, reports by prober, nodes by peer ID, probes
// by prober and nonce.

/** Questions of one prober to one node in an epoch: those of every slot, and those in between. */
export const maxProbesPerNode = 4 * slotsPerEpoch;
/** A prober waits no longer for an answer. */
export const maxLatencyMs = 5_000;

const bytes = (length: number) => hexSchema.refine((hex) => hex.length === 2 + 2 * length, `expected ${length} bytes`);
const count = z.number().int().nonnegative();
const basisPoints = count.max(10_000);
const scoreSchema = count.max(100);

export const epochLineSchema = z.object({
  kind: z.literal("epoch"),
  version: z.literal(1),
  chainId: count,
  nexus: addressSchema,
  /** Unix time divided by the epoch's length. */
  epoch: count,
  epochLengthS: count.positive(),
  /** The block whose registrations and scores were read. */
  blockNumber: count,
  /** The evidence that the chain knew by then, whose uptimes this one continues. */
  previous: z.object({ epoch: count, root: bytes(32) }).nullable(),
});
export type EpochLine = z.infer<typeof epochLineSchema>;

/** A prober's signature over its own probes: what it said of the epoch, nobody can change or leave out in part. */
export const reportLineSchema = z.object({
  kind: z.literal("report"),
  prober: peerIdSchema,
  probes: count.positive(),
  /** Root of the Merkle tree over the prober's probe lines. */
  root: bytes(32),
  mlDsaKeyHash: bytes(32),
  signature: bytes(65),
});
export type ReportLine = z.infer<typeof reportLineSchema>;

const slotCountSchema = z.tuple([count.max(slotsPerEpoch), count.max(slotsPerEpoch)]);

export const nodeLineSchema = z.object({
  kind: z.literal("node"),
  peerId: peerIdSchema,
  /** The contract's number for the node. */
  number: count.max(2 ** 32 - 1),
  region: z.string().max(32),
  nodeType: nodeTypeSchema,
  /** Score on chain at the block of the epoch's line. */
  before: scoreSchema,
  /** How many probes count in this epoch; where none does, the score stays. */
  probes: count,
  history: z.array(slotCountSchema).min(1).max(uptimeEpochs),
  latencyMs: count.max(maxLatencyMs).nullable(),
  uptime: basisPoints,
  latency: basisPoints,
  availability: basisPoints,
  target: scoreSchema,
});
export type NodeLine = z.infer<typeof nodeLineSchema>;

export const probeLineSchema = z
  .object({
    kind: z.literal("probe"),
    prober: peerIdSchema,
    node: peerIdSchema,
    /** 8 bytes of milliseconds since 1970, 24 random ones. */
    nonce: bytes(32),
    /** Round trip; null where no valid answer came, and then neither key hash nor signature are there. */
    latencyMs: count.max(maxLatencyMs).nullable(),
    mlDsaKeyHash: bytes(32).nullable(),
    signature: bytes(65).nullable(),
  })
  .refine(
    ({ latencyMs, mlDsaKeyHash, signature }) =>
      (latencyMs === null) === (signature === null) && (latencyMs === null) === (mlDsaKeyHash === null),
    "an answer has latency, key hash and signature",
  );
export type ProbeLine = z.infer<typeof probeLineSchema>;

const lineSchema = z.discriminatedUnion("kind", [epochLineSchema, reportLineSchema, nodeLineSchema, probeLineSchema]);
export type EvidenceLine = z.infer<typeof lineSchema>;

export interface ParsedLines {
  epoch: EpochLine;
  reports: ReportLine[];
  nodes: NodeLine[];
  probes: ProbeLine[];
}

/** The one spelling of a line. */
export function writeLine(line: EvidenceLine): string {
  return JSON.stringify(line);
}

/** @throws EVIDENCE_INVALID */
export function readProbeLine(text: string): ProbeLine {
  const line = readLine(text);
  if (line.kind !== "probe") throw invalid("a line is of another kind");
  return line;
}

/** @throws EVIDENCE_INVALID */
export function readLines(texts: readonly string[]): ParsedLines {
  const [epoch, ...rest] = texts.map(readLine);
  if (epoch?.kind !== "epoch") throw invalid("it does not begin with its epoch");
  const ordered = rest.every((line, index) => {
    const before = rest[index - 1];
    return before === undefined || sortKey(before) < sortKey(line);
  });
  if (!ordered) throw invalid("its lines are not in order, or one is there twice");
  const of = <K extends EvidenceLine["kind"]>(kind: K) =>
    rest.filter((line): line is Extract<EvidenceLine, { kind: K }> => line.kind === kind);
  if (of("epoch").length > 0) throw invalid("it has two epochs");
  return { epoch, reports: of("report"), nodes: of("node"), probes: of("probe") };
}

/** Lines in the sequence of the file. */
export function sortLines<T extends EvidenceLine>(lines: readonly T[]): T[] {
  return lines
    .map((line) => ({ line, key: sortKey(line) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ line }) => line);
}

export function invalid(reason: string, cause?: unknown): ShadowMeshError {
  return new ShadowMeshError(evidenceErrors.EVIDENCE_INVALID, {
    message: `The evidence is not valid: ${reason}.`,
    details: { reason },
    cause,
  });
}

function readLine(text: string): EvidenceLine {
  let line: EvidenceLine;
  try {
    line = lineSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw invalid("a line is malformed", cause);
  }
  if (writeLine(line) !== text) throw invalid("a line is spelled in another way than the one");
  return line;
}

function sortKey(line: EvidenceLine): string {
  if (line.kind === "epoch") return "0";
  if (line.kind === "report") return `1${line.prober}`;
  if (line.kind === "node") return `2${line.peerId}`;
  return `3${line.prober}${line.nonce}`;
}
