import type { NodeType, Registration } from "../../../node/core/schema.ts";
import { nodeTypeName, regionName } from "../../_shared/node/format.ts";

export type RegisteredNode = Registration & { score: number };

/** A node of the list, with what each key press and each comparison would compute anew. */
export interface NodeRow extends RegisteredNode {
  readonly stake: bigint;
  /** Lower case: what a search looks through. */
  readonly searchText: string;
}

export const sortKeys = ["score", "stake", "bandwidth", "region", "type"] as const;
export type SortKey = (typeof sortKeys)[number];
export const sortTitles: Record<SortKey, string> = {
  score: /*i18n*/ "Score",
  stake: /*i18n*/ "Stake",
  bandwidth: /*i18n*/ "Bandwidth",
  region: /*i18n*/ "Region",
  type: /*i18n*/ "Type",
};

export interface Order {
  readonly by: SortKey;
  readonly descending: boolean;
}

export interface NodeFilter {
  /** Words that all must occur. */
  readonly text: string;
  readonly region: string | null;
  readonly type: NodeType | null;
}

export const noFilter: NodeFilter = { text: "", region: null, type: null };

export function toRow(node: RegisteredNode): NodeRow {
  const words = [node.peerId, node.operator, regionName(node.region), nodeTypeName(node.nodeType)];
  return { ...node, stake: BigInt(node.stakeWei), searchText: words.join(" ").toLowerCase() };
}

const comparisons: Record<SortKey, (a: NodeRow, b: NodeRow) => number> = {
  score: (a, b) => a.score - b.score,
  stake: (a, b) => (a.stake === b.stake ? 0 : a.stake < b.stake ? -1 : 1),
  bandwidth: (a, b) => a.bandwidthMbps - b.bandwidthMbps,
  region: (a, b) => byText(a.region, b.region),
  type: (a, b) => byText(a.nodeType, b.nodeType),
};

/** A column from the end that people look for first: the most, or the first letters. */
export function orderBy(by: SortKey): Order {
  return { by, descending: by !== "region" && by !== "type" };
}

/** In an order that is the same at each reading of the chain: where two are alike, by peer ID. */
export function sortRows(rows: readonly NodeRow[], { by, descending }: Order): NodeRow[] {
  const compare = comparisons[by];
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => sign * compare(a, b) || byText(a.peerId, b.peerId));
}

/** The rows that a filter lets through, in the order that they had. */
export function filterRows(rows: readonly NodeRow[], { text, region, type }: NodeFilter): readonly NodeRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && region === null && type === null) return rows;
  return rows.filter(
    (row) =>
      (region === null || row.region === region) &&
      (type === null || row.nodeType === type) &&
      words.every((word) => row.searchText.includes(word)),
  );
}

/** How many nodes each region has. */
export function countByRegion(rows: readonly NodeRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { region } of rows) counts.set(region, (counts.get(region) ?? 0) + 1);
  return counts;
}

// `localeCompare` costs ten times as much, and these are identifiers.
function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
