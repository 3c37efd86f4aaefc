import type { NodeType } from "../../node/core/schema.ts";

/** A node of the development network. */
export interface Member {
  readonly name: string;
  readonly type: NodeType;
  readonly region: string;
  readonly bandwidthMbps: number;
  /** Index of the operator's account on the development chain. */
  readonly operator: number;
  /** Whether others can dial it: a private node behind NAT can't be, so here it does not listen at all. */
  readonly dialable: boolean;
}

/** One backbone, two public nodes and a private one, in two regions. */
export const members = [
  { name: "backbone", type: "backbone_auth", region: "europe", bandwidthMbps: 1_000, operator: 1, dialable: true },
  { name: "public-1", type: "light_public", region: "europe", bandwidthMbps: 500, operator: 2, dialable: true },
  { name: "public-2", type: "light_public", region: "asia_pacific", bandwidthMbps: 200, operator: 3, dialable: true },
  { name: "private", type: "light_private", region: "europe", bandwidthMbps: 50, operator: 4, dialable: false },
] as const satisfies readonly Member[];

/** The accounts that govern the contract, and that the newcomer gets. */
export const accounts = { governance: 0, newcomer: 5 } as const;
