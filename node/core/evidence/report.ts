import type { Hex } from "viem";
import { type StatementDomain, statementDomain } from "../records/statement.ts";
import {
  invalid,
  maxProbesPerNode,
  type ProbeLine,
  type ReportLine,
  readProbeLine,
  sortLines,
  writeLine,
} from "./lines.ts";
import { merkleTree } from "./merkle.ts";
import { isAnswer, type Signer, sentAtOf, signerOf } from "./probe.ts";

/** Signatures checked in one go; then others come by the processor. */
const signaturesAtATime = 32;

/** One epoch of a chain, as reports and evidence name it. */
export interface EpochOf {
  readonly domain: StatementDomain;
  readonly epoch: number;
  readonly epochLengthS: number;
}

/** What one backbone saw in an epoch, under its signature. */
export interface Report {
  readonly line: ReportLine;
  readonly probes: readonly ProbeLine[];
}

/** Signs a backbone's probes of an epoch; there must be one at least. */
export async function signReport(signer: Signer, probes: readonly ProbeLine[], of: EpochOf): Promise<Report> {
  const sorted = sortLines(probes);
  const content = { prober: signer.peerId, probes: sorted.length, root: rootOf(sorted) };
  const signature = await signer.nodeAccount.signTypedData(reportData(content, of));
  return {
    line: { kind: "report", ...content, mlDsaKeyHash: signer.mlDsaKeyHash, signature },
    probes: sorted,
  };
}

/** The probes of a report from their lines. @throws EVIDENCE_INVALID */
export function readReport(line: ReportLine, texts: readonly string[]): Report {
  return { line, probes: texts.map(readProbeLine) };
}

/**
 * Proves a report: it is signed by its prober, it is whole, its probes are of this epoch, and each answer in it is the
 * node's own. A backbone that claims an answer which no node gave has no say in the epoch at all.
 *
 * @throws EVIDENCE_INVALID
 */
export async function verifyReport({ line, probes }: Report, of: EpochOf): Promise<void> {
  const epochLengthMs = of.epochLengthS * 1_000;
  const perNode = new Map<Hex, number>();
  for (const { prober, node, nonce } of probes) {
    if (prober !== line.prober) throw invalid("a report has another prober's probes");
    if (node === prober) throw invalid("a prober has asked itself");
    if (Math.floor(sentAtOf(nonce) / epochLengthMs) !== of.epoch) throw invalid("a probe is of another epoch");
    perNode.set(node, (perNode.get(node) ?? 0) + 1);
  }
  if (Math.max(0, ...perNode.values()) > maxProbesPerNode) throw invalid("a prober has asked one node too often");
  if (probes.length !== line.probes) throw invalid("a report is not whole");
  if (rootOf(probes) !== line.root) throw invalid("a report has other probes than its prober signed");
  if ((await signerOf(reportData(line, of), line)) !== line.prober) {
    throw invalid("a report is not signed by its prober");
  }
  for (const [index, probe] of probes.entries()) {
    if (index % signaturesAtATime === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    const { mlDsaKeyHash, signature } = probe;
    if (mlDsaKeyHash === null || signature === null) continue;
    if (!(await isAnswer(probe, { mlDsaKeyHash, signature }, of.domain))) {
      throw invalid("an answer is not signed by the node that was asked");
    }
  }
}

function rootOf(probes: readonly ProbeLine[]): Hex {
  return merkleTree(probes.map(writeLine)).root;
}

function reportData({ prober, probes, root }: Pick<ReportLine, "prober" | "probes" | "root">, of: EpochOf) {
  return {
    domain: statementDomain(of.domain),
    types: {
      ProbeReport: [
        { name: "prober", type: "bytes20" },
        { name: "epoch", type: "uint64" },
        { name: "probes", type: "uint32" },
        { name: "root", type: "bytes32" },
      ],
    },
    primaryType: "ProbeReport",
    message: { prober, epoch: BigInt(of.epoch), probes, root },
  } as const;
}
