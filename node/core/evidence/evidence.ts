import { getAddress, type Hex } from "viem";
import type { StatementDomain } from "../records/statement.ts";
import { type NodeAtBlock, rate, type SlotHistories } from "./evaluate.ts";
import { type EpochLine, invalid, type NodeLine, type ParsedLines, readLines, sortLines, writeLine } from "./lines.ts";
import { type MerkleTree, merkleTree } from "./merkle.ts";
import { type EpochOf, type Report, verifyReport } from "./report.ts";

/** The evidence of one epoch: its lines, what they say, and the tree over them. */
export interface Evidence extends ParsedLines {
  readonly lines: readonly string[];
  readonly tree: MerkleTree;
}

/** Puts reports, which are verified, together, and computes what comes of them. */
export function buildEvidence(
  epoch: EpochLine,
  reports: readonly Report[],
  registered: ReadonlyMap<Hex, NodeAtBlock>,
  histories: SlotHistories,
): Evidence {
  const probes = sortLines(reports.flatMap((report) => report.probes));
  const parsed = {
    epoch,
    reports: sortLines(reports.map(({ line }) => line)),
    nodes: rate(probes, registered, histories, epoch.epochLengthS * 1_000),
    probes,
  };
  const lines = [epoch, ...parsed.reports, ...parsed.nodes, ...probes].map(writeLine);
  return { ...parsed, lines, tree: merkleTree(lines) };
}

/** @throws EVIDENCE_INVALID where the lines are malformed; what they claim is not looked at */
export function readEvidence(lines: readonly string[]): Evidence {
  return { ...readLines(lines), lines, tree: merkleTree(lines) };
}

/** The reports that an evidence consists of. @throws EVIDENCE_INVALID where there are probes without one */
export function reportsOf({ reports, probes }: Pick<Evidence, "reports" | "probes">): Report[] {
  const byProber = Map.groupBy(probes, ({ prober }) => prober);
  const found = reports.map((line) => ({ line, probes: byProber.get(line.prober) ?? [] }));
  if (found.reduce((sum, report) => sum + report.probes.length, 0) !== probes.length) {
    throw invalid("there are probes without a report");
  }
  return found;
}

/** The epoch that an evidence says it is of. */
export function epochOf({ epoch }: Pick<Evidence, "epoch">): EpochOf {
  const domain: StatementDomain = { chainId: epoch.chainId, nexusAddress: epoch.nexus };
  return { domain, epoch: epoch.epoch, epochLengthS: epoch.epochLengthS };
}

/** The uptimes that the next evidence continues. */
export function historiesOf({ nodes }: Pick<Evidence, "nodes">): SlotHistories {
  return new Map(nodes.map(({ peerId, history }) => [peerId, history]));
}

/**
 * Replays an evidence: checks all signatures in it and computes the scores anew, from its probes and the uptimes of the
 * evidence before.
 *
 * @param histories Of the evidence that `epoch.previous` names
 * @param registered What the chain said of the nodes; what the evidence says of them, where the chain is not asked
 * @throws EVIDENCE_INVALID
 */
export async function verifyEvidence(
  evidence: Evidence,
  of: EpochOf,
  histories: SlotHistories,
  registered: ReadonlyMap<Hex, NodeAtBlock> = claimedBy(evidence.nodes),
): Promise<void> {
  const own = epochOf(evidence);
  const sameChain =
    own.domain.chainId === of.domain.chainId &&
    getAddress(own.domain.nexusAddress) === getAddress(of.domain.nexusAddress);
  if (!sameChain || own.epoch !== of.epoch || own.epochLengthS !== of.epochLengthS) {
    throw invalid("it is of another network or epoch");
  }
  const reports = reportsOf(evidence);
  for (const report of reports) await verifyReport(report, of);
  const anew = buildEvidence(evidence.epoch, reports, registered, histories);
  if (anew.tree.root !== evidence.tree.root) throw invalid("other scores come of its probes than it says");
}

function claimedBy(nodes: readonly NodeLine[]): Map<Hex, NodeAtBlock> {
  return new Map(nodes.map((node) => [node.peerId, node]));
}
