import type { Hex } from "viem";
import type { NodeType } from "../schema.ts";
import { type NodeLine, type ProbeLine, sortLines } from "./lines.ts";
import { sentAtOf } from "./probe.ts";
import { measure, type SlotCount, scoreOf, slotOf, step, uptimeEpochs } from "./score.ts";

/** What the chain says of a node at the block of an evidence. */
export interface NodeAtBlock {
  /** The contract's number for it. */
  readonly number: number;
  readonly region: string;
  readonly nodeType: NodeType;
  /** Its score then. */
  readonly before: number;
}

/** Of each node, the slots of the epochs before, oldest first. */
export type SlotHistories = ReadonlyMap<Hex, readonly SlotCount[]>;

/** A prober that asks so many nodes within one slot and hears of none has lost its own connection, not they theirs. */
export const minAskedByDeafProber = 3;
/** More changes in one batch could pass a block's gas limit; the smaller ones wait for the next epoch. */
export const maxChanges = 1_000;

/** The nodes of one region and type whose scores change. */
export interface Section {
  readonly region: string;
  readonly nodeType: NodeType;
  readonly changes: readonly { readonly number: number; readonly score: number }[];
}

/** Rates the registered nodes that were asked, or were in the epochs before. */
export function rate(
  probes: readonly ProbeLine[],
  registered: ReadonlyMap<Hex, NodeAtBlock>,
  histories: SlotHistories,
  epochLengthMs: number,
): NodeLine[] {
  const counting = Map.groupBy(withoutDeafProbers(probes, epochLengthMs), ({ node }) => node);
  const peerIds = [...new Set([...counting.keys(), ...histories.keys()])];
  const lines = peerIds.flatMap((peerId): NodeLine[] => {
    const node = registered.get(peerId);
    if (node === undefined) return [];
    const outcomes = (counting.get(peerId) ?? []).map(({ prober, nonce, latencyMs }) => ({
      prober,
      sentAtMs: sentAtOf(nonce),
      latencyMs,
    }));
    const measured = measure(outcomes, epochLengthMs);
    const history = [...(histories.get(peerId) ?? []), measured.slots].slice(-uptimeEpochs);
    // Whom nobody has asked for as long as uptime looks back has nothing to tell.
    if (history.every(([, asked]) => asked === 0)) return [];
    const { score, ...parts } = scoreOf(history, measured);
    return [
      {
        kind: "node",
        peerId,
        number: node.number,
        region: node.region,
        nodeType: node.nodeType,
        before: node.before,
        probes: outcomes.length,
        history: history.map(([up, asked]) => [up, asked]),
        latencyMs: measured.latencyMs,
        ...parts,
        target: outcomes.length === 0 ? node.before : score,
      },
    ];
  });
  return sortLines(lines);
}

/** The changes that the quorum signs: by region and type, ascending by number; scores after the step of one epoch. */
export function sectionsOf(nodes: readonly NodeLine[]): Section[] {
  const changes = nodes
    .map((node) => ({ ...node, score: step(node.before, node.target) }))
    .filter(({ score, before }) => score !== before)
    .sort((a, b) => Math.abs(b.target - b.before) - Math.abs(a.target - a.before) || a.number - b.number)
    .slice(0, maxChanges);
  // The contract pads a region's name by zeros, and takes its sections in that order: "us" before "us-east".
  const groups = Map.groupBy(changes, ({ region, nodeType }) => `${region}\0${nodeType}`);
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, members]) => {
      const [first] = members;
      if (first === undefined) return [];
      const sorted = members.toSorted((a, b) => a.number - b.number).map(({ number, score }) => ({ number, score }));
      return [{ region: first.region, nodeType: first.nodeType, changes: sorted }];
    });
}

function withoutDeafProbers(probes: readonly ProbeLine[], epochLengthMs: number): ProbeLine[] {
  const rounds = Map.groupBy(probes, ({ prober, nonce }) => `${prober}/${slotOf(sentAtOf(nonce), epochLengthMs)}`);
  return [...rounds.values()].flatMap((round) => {
    const asked = new Set(round.map(({ node }) => node)).size;
    const deaf = asked >= minAskedByDeafProber && round.every(({ latencyMs }) => latencyMs === null);
    return deaf ? [] : round;
  });
}
