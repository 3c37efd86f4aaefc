import type { Hex } from "viem";
import type { BatchSignature, EpochRoot } from "../../core/chain/index.ts";
import { type Report, readReport } from "../../core/evidence/report.ts";
import { backboneRoutes } from "../api.ts";
import { createBackboneClient } from "../client.ts";

/** A report of some hundred nodes is checked and read in a second; whoever takes longer is passed over this time. */
const requestTimeoutMs = 20_000;

/** The other backbones, over their public APIs. */
export interface Others {
  /** What a backbone saw in a closed epoch. @throws EPOCH_OPEN, EVIDENCE_NOT_FOUND, EVIDENCE_INVALID */
  report(url: string, epoch: number, signal: AbortSignal): Promise<Report>;
  /** The lines of an evidence, published or only proposed. @throws EVIDENCE_NOT_FOUND */
  evidence(url: string, of: EpochRoot, signal: AbortSignal): Promise<readonly string[]>;
  /** Asks a backbone to sign what this evidence comes to. @throws EVIDENCE_REFUSED, EVIDENCE_INVALID */
  sign(url: string, of: EpochRoot & { proposer: Hex }, signal: AbortSignal): Promise<BatchSignature>;
}

export function createOthers(): Others {
  const clientOf = (url: string) => createBackboneClient({ baseUrl: url, timeoutMs: requestTimeoutMs });
  return {
    async report(url, epoch, signal) {
      const { report, probes } = await clientOf(url).call(backboneRoutes.report, { epoch }, { signal });
      return readReport(report, probes);
    },
    async evidence(url, { epoch, root }, signal) {
      return (await clientOf(url).call(backboneRoutes.evidence, { epoch, root }, { signal })).lines;
    },
    sign: (url, { epoch, root, proposer }, signal) =>
      clientOf(url).call(backboneRoutes.sign, { epoch, root, proposer }, { signal }),
  };
}
