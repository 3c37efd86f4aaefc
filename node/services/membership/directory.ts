import type { Hex } from "viem";
import type { Nexus } from "../../core/chain/index.ts";

export interface BackboneEntry {
  /** From the contract; null for a configured URL, whose ID its own record tells. */
  readonly peerId: Hex | null;
  readonly url: string;
}

/** The contract's backbones with an endpoint: those of the given region first, best score first within each. */
export async function listBackbones(nexus: Nexus, region: string | null): Promise<BackboneEntry[]> {
  const regions = await nexus.regions();
  const ordered = [...regions].sort((a, b) => Number(b === region) - Number(a === region));
  const ids = (await Promise.all(ordered.map((name) => nexus.backbones(name)))).flat();
  const entries = await Promise.all(ids.map(async (peerId) => ({ peerId, url: await nexus.endpointOf(peerId) })));
  return entries.flatMap(({ peerId, url }) => (url === null ? [] : [{ peerId, url }]));
}

/** One list out of several, each URL once, the earlier entry winning. */
export function mergeBackbones(...lists: (readonly BackboneEntry[])[]): BackboneEntry[] {
  const byUrl = new Map<string, BackboneEntry>();
  for (const entry of lists.flat()) {
    if (!byUrl.has(entry.url)) byUrl.set(entry.url, entry);
  }
  return [...byUrl.values()];
}
