import type { NodeType } from "../../../node/core/schema.ts";
import type { StakedNode } from "./nodes.ts";
import type { NodeStory } from "./story.ts";

export type SortKey = "score" | "stake" | "commission" | "rewards" | "bandwidth" | "heartbeat";

export interface Filter {
  text: string;
  type: NodeType | "";
  region: string;
  sort: SortKey;
}

export interface ComparedNode extends StakedNode {
  story: NodeStory;
}

/** For each key, the better first. */
const orders: Record<SortKey, (a: ComparedNode, b: ComparedNode) => number> = {
  score: (a, b) => b.score - a.score,
  stake: (a, b) => compare(b.pool.stake, a.pool.stake),
  commission: (a, b) => a.pool.commissionBps - b.pool.commissionBps,
  rewards: (a, b) => (b.story.rewardPercent ?? -1) - (a.story.rewardPercent ?? -1),
  bandwidth: (a, b) => b.bandwidthMbps - a.bandwidthMbps,
  heartbeat: (a, b) => b.lastSeenMs - a.lastSeenMs,
};

const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

/** The nodes that a filter lets through, in its order; where two are alike, the better score and then the lower commission. */
export function filterNodes(nodes: readonly ComparedNode[], { text, type, region, sort }: Filter): ComparedNode[] {
  const wanted = text.trim().toLowerCase();
  return nodes
    .filter(
      (node) =>
        (type === "" || node.nodeType === type) &&
        (region === "" || node.region === region) &&
        (wanted === "" || node.peerId.includes(wanted) || node.operator.toLowerCase().includes(wanted)),
    )
    .sort(
      (a, b) => orders[sort](a, b) || orders.score(a, b) || orders.commission(a, b) || (a.peerId < b.peerId ? -1 : 1),
    );
}
