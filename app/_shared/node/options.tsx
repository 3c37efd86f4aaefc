import type { NodeType } from "../../../node/core/schema.ts";
import { nodeTypeName, regionName } from "./format";

/** Regions in a select, by the names that they have on chain. */
export function RegionOptions({ regions }: { regions: readonly string[] }) {
  return regions.map((region) => (
    <option key={region} value={region}>
      {regionName(region)}
    </option>
  ));
}

const nodeTypes: readonly NodeType[] = ["light_public", "backbone_auth", "light_private"];

/** Kinds of nodes in a select. */
export function NodeTypeOptions() {
  return nodeTypes.map((type) => (
    <option key={type} value={type}>
      {nodeTypeName(type)}
    </option>
  ));
}
