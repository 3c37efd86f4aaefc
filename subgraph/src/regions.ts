import { BigInt, Bytes } from "@graphprotocol/graph-ts";
import { Node, Pool, Region } from "../generated/schema";
import { Totals } from "./totals";

const BACKBONE_AUTH = "BACKBONE_AUTH";
const LIGHT_PRIVATE = "LIGHT_PRIVATE";
const LIGHT_PUBLIC = "LIGHT_PUBLIC";

/** The name of a `NodeType` of the contract. */
export function nodeTypeOf(value: i32): string {
  if (value == 0) return BACKBONE_AUTH;
  return value == 1 ? LIGHT_PRIVATE : LIGHT_PUBLIC;
}

export function loadRegion(id: Bytes): Region {
  const known = Region.load(id);
  if (known !== null) return known;
  const region = new Region(id);
  // A short string, zero-padded on the right; the host leaves the zeros away.
  region.name = id.toString();
  region.open = false;
  region.backbones = 0;
  region.privateNodes = 0;
  region.publicNodes = 0;
  region.bandwidthMbps = BigInt.zero();
  region.stake = BigInt.zero();
  return region;
}

/** Counts an active node where it is now. */
export function enterRegion(totals: Totals, node: Node, pool: Pool): void {
  const region = loadRegion(node.region);
  count(totals, region, node.nodeType, 1);
  region.bandwidthMbps = region.bandwidthMbps.plus(node.bandwidthMbps);
  region.stake = region.stake.plus(pool.stake);
  region.save();
  totals.registry.bandwidthMbps = totals.registry.bandwidthMbps.plus(node.bandwidthMbps);
}

/** Takes an active node out of the sums of where it was, before anything of it changes. */
export function leaveRegion(totals: Totals, node: Node, pool: Pool): void {
  const region = loadRegion(node.region);
  count(totals, region, node.nodeType, -1);
  region.bandwidthMbps = region.bandwidthMbps.minus(node.bandwidthMbps);
  region.stake = region.stake.minus(pool.stake);
  region.save();
  totals.registry.bandwidthMbps = totals.registry.bandwidthMbps.minus(node.bandwidthMbps);
}

function count(totals: Totals, region: Region, nodeType: string, change: i32): void {
  totals.registry.activeNodes += change;
  if (nodeType == BACKBONE_AUTH) {
    region.backbones += change;
    totals.registry.activeBackbones += change;
  } else if (nodeType == LIGHT_PRIVATE) {
    region.privateNodes += change;
  } else {
    region.publicNodes += change;
  }
}
