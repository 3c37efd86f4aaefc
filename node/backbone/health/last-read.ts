import type { Hex } from "viem";
import { type Evidence, readEvidence } from "../../core/evidence/evidence.ts";
import type { StoredEvidence } from "./evidence-table.ts";

/** Reads evidence, and keeps what it read last: a tree is thousands of hashes, and most who ask ask for the newest. */
export function createLastRead(): (stored: StoredEvidence) => Evidence {
  let last: { readonly root: Hex; readonly evidence: Evidence } | undefined;
  return ({ root, lines }) => {
    if (last?.root !== root) last = { root, evidence: readEvidence(lines) };
    return last.evidence;
  };
}
