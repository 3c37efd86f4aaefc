import type { Hex } from "viem";
import type { Nexus } from "../../core/chain/index.ts";

export interface BackboneEntry {
  /** From the contract; null for a configured URL, whose ID its own record tells. */
  readonly peerId: Hex | null;
  readonly url: string;
  /** Null for a configured one. */
  readonly region: string | null;
}

/** The contract's backbones with an endpoint: those of the given region first, best score first within each. */
export async function listBackbones(nexus: Nexus, region: string | null): Promise<BackboneEntry[]> {
  const regions = await nexus.regions();
  const ordered = [...regions].sort((a, b) => Number(b === region) - Number(a === region));
  const listed = await Promise.all(
    ordered.map(async (name) => (await nexus.backbones(name)).map((peerId) => ({ peerId, region: name }))),
  );
  const entries = await Promise.all(
    listed.flat().map(async (entry) => ({ ...entry, url: await nexus.endpointOf(entry.peerId) })),
  );
  return entries.flatMap(({ url, ...entry }) => (url === null ? [] : [{ ...entry, url }]));
}

/** One list out of several, each URL once, the earlier entry winning. */
export function mergeBackbones(...lists: (readonly BackboneEntry[])[]): BackboneEntry[] {
  const byUrl = new Map<string, BackboneEntry>();
  for (const entry of lists.flat()) {
    if (!byUrl.has(entry.url)) byUrl.set(entry.url, entry);
  }
  return [...byUrl.values()];
}
