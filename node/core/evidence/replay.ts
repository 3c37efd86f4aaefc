import type { Hex } from "viem";
import { type SlotHistories, sectionsOf } from "./evaluate.ts";
import { type Evidence, historiesOf, verifyEvidence } from "./evidence.ts";
import { invalid, type NodeLine } from "./lines.ts";
import type { EpochOf } from "./report.ts";

/** The evidence of an epoch as the chain knows it. */
export interface EpochRoot {
  readonly epoch: number;
  readonly root: Hex;
}

/** Where a replay gets what it checks. */
export interface ReplaySources {
  /** The evidence whose tree has this root. */
  evidenceOf(of: EpochRoot): Promise<Evidence>;
  /** What the chain has as the root of an epoch; null where the epoch was passed over. */
  rootOf(epoch: number): Promise<Hex | null>;
}

/** What an epoch's probes say of one node, every signature checked. */
export interface NodeReplay
  extends Pick<NodeLine, "before" | "target" | "uptime" | "latency" | "availability" | "latencyMs" | "history"> {
  /** The score after the step that an epoch allows. */
  readonly expected: number;
  readonly probes: { readonly asked: number; readonly answered: number; readonly probers: number };
  /** Signatures in the evidence: the answers of all nodes, and one by each backbone. */
  readonly signatures: number;
}

/**
 * Computes a node's score anew from the evidence behind the newest scores on chain; in the daemon and in a page alike.
 *
 * @returns null where the evidence does not name the node
 * @throws EVIDENCE_INVALID, and what the sources throw
 */
export async function replayNode(
  peerId: Hex,
  last: EpochRoot,
  chain: Omit<EpochOf, "epoch">,
  sources: ReplaySources,
): Promise<NodeReplay | null> {
  const evidence = await sources.evidenceOf(last);
  await verifyEvidence(evidence, { ...chain, epoch: last.epoch }, await historiesBefore(evidence, sources));
  const node = evidence.nodes.find((line) => line.peerId === peerId);
  if (node === undefined) return null;
  const changes = sectionsOf(evidence.nodes).flatMap((section) => section.changes);
  const asked = evidence.probes.filter((probe) => probe.node === peerId);
  const { before, target, uptime, latency, availability, latencyMs, history } = node;
  return {
    before,
    target,
    expected: changes.find(({ number }) => number === node.number)?.score ?? before,
    uptime,
    latency,
    availability,
    latencyMs,
    history,
    probes: {
      asked: asked.length,
      answered: asked.filter((probe) => probe.latencyMs !== null).length,
      probers: new Set(asked.map(({ prober }) => prober)).size,
    },
    signatures: evidence.reports.length + evidence.probes.filter(({ signature }) => signature !== null).length,
  };
}

async function historiesBefore({ epoch: { previous } }: Evidence, sources: ReplaySources): Promise<SlotHistories> {
  if (previous === null) return new Map();
  if ((await sources.rootOf(previous.epoch)) !== previous.root) {
    throw invalid("it continues an evidence that the chain does not know");
  }
  return historiesOf(await sources.evidenceOf(previous));
}
