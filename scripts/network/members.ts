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

const meshRegions = ["europe", "north_america", "asia_pacific"] as const;

/** A mesh of any size: three backbones in as many regions, and of the others a third public and two thirds private. */
export function meshOf(size: number): Member[] {
  const backbones = Math.min(3, size);
  return Array.from({ length: size }, (_, index): Member => {
    const region = meshRegions[index % meshRegions.length] ?? meshRegions[0];
    // Each its own operator, so that all can be registered at once; account 0 governs.
    const common = { region, operator: index + 1 };
    if (index < backbones)
      return { ...common, name: `backbone-${index + 1}`, type: "backbone_auth", bandwidthMbps: 1_000, dialable: true };
    const place = index - backbones;
    // By threes, so that each region has both kinds.
    if (Math.floor(place / 3) % 3 === 0)
      return { ...common, name: `public-${place + 1}`, type: "light_public", bandwidthMbps: 200, dialable: true };
    return { ...common, name: `private-${place + 1}`, type: "light_private", bandwidthMbps: 50, dialable: false };
  });
}

/** Options of a backbone whose nodes all come from one address, for which its limits are not meant. */
export const crowdedBackbone = { authPerMinute: 10_000, requestsPerMinute: 1_000_000 };
