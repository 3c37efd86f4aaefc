import type { Logger } from "pino";
import type { EpochRoot } from "../../core/chain/index.ts";
import type { SlotHistories } from "../../core/evidence/evaluate.ts";
import { type Evidence, historiesOf, readEvidence } from "../../core/evidence/evidence.ts";
import type { ListedBackbone } from "./chain-port.ts";
import type { EvidenceTable } from "./evidence-table.ts";
import type { Others } from "./others.ts";

/** Evidence files at hand, or else of other backbones; a file is what its root says, whoever gives it. */
export interface Archive {
  /** The evidence that the chain names, kept as published; null where nobody has it. */
  published(of: EpochRoot, backbones: readonly ListedBackbone[], signal: AbortSignal): Promise<Evidence | null>;
  /** A proposed one, from who proposes it. @throws EVIDENCE_NOT_FOUND, EVIDENCE_INVALID */
  proposed(of: EpochRoot, url: string, signal: AbortSignal): Promise<Evidence>;
  keep(evidence: Evidence): Promise<void>;
  /** The uptimes of the evidence that the chain names last; null where nobody has it. */
  histories(
    last: EpochRoot | null,
    backbones: readonly ListedBackbone[],
    signal: AbortSignal,
  ): Promise<SlotHistories | null>;
}

export function createArchive(deps: { table: EvidenceTable; others: Others; log: Logger }): Archive {
  const { table, others, log } = deps;

  async function fetchFrom(url: string, of: EpochRoot, signal: AbortSignal): Promise<Evidence> {
    const evidence = readEvidence(await others.evidence(url, of, signal));
    if (evidence.tree.root !== of.root) throw new Error(`the evidence from ${url} has another root than was asked for`);
    return evidence;
  }

  const archive: Archive = {
    async published(of, backbones, signal) {
      const stored = await table.get(of);
      let evidence = stored === null ? null : readEvidence(stored.lines);
      for (const { url } of backbones) {
        if (evidence !== null) break;
        if (url === null) continue;
        evidence = await fetchFrom(url, of, signal).catch((error: unknown) => {
          log.debug({ err: error, url, epoch: of.epoch }, "no evidence from this backbone");
          return null;
        });
      }
      if (evidence !== null && stored?.published !== true) {
        await table.put({ ...of, lines: evidence.lines, published: true });
      }
      return evidence;
    },
    async proposed(of, url, signal) {
      const stored = await table.get(of);
      return stored === null ? fetchFrom(url, of, signal) : readEvidence(stored.lines);
    },
    async keep({ epoch, tree, lines }) {
      await table.put({ epoch: epoch.epoch, root: tree.root, lines, published: false });
    },
    async histories(last, backbones, signal) {
      if (last === null) return new Map();
      const evidence = await archive.published(last, backbones, signal);
      return evidence === null ? null : historiesOf(evidence);
    },
  };
  return archive;
}
