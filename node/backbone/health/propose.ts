import type { Logger } from "pino";
import type { Hash, Hex } from "viem";
import { type BatchSignature, toScoreBatch } from "../../core/chain/index.ts";
import { sectionsOf } from "../../core/evidence/evaluate.ts";
import { buildEvidence, type Evidence } from "../../core/evidence/evidence.ts";
import { type Report, verifyReport } from "../../core/evidence/report.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import type { Archive } from "./archive.ts";
import type { HealthChain, ListedBackbone, Snapshot } from "./chain-port.ts";
import type { EpochClock } from "./epochs.ts";
import type { Others } from "./others.ts";
import type { OwnReport } from "./own-report.ts";

export interface ProposeDeps {
  peerId: Hex;
  domain: StatementDomain;
  chain: HealthChain;
  others: Others;
  archive: Archive;
  ownReport: OwnReport;
  log: Logger;
}

export type Proposal =
  | { readonly outcome: "submitted"; readonly hash: Hash }
  /** Nobody has probed anybody in the epoch. */
  | { readonly outcome: "empty" }
  | { readonly outcome: "no-quorum"; readonly signers: number; readonly needed: number };

/**
 * Puts an epoch's evidence together, has the others sign what comes of it, and sends it to the chain.
 *
 * @throws CHAIN_UNREACHABLE, TRANSACTION_REVERTED, INSUFFICIENT_FUNDS, DATABASE_UNAVAILABLE
 */
export function createPropose(deps: ProposeDeps) {
  const { peerId, domain, chain, others, archive, log } = deps;

  return async function propose(
    epochs: EpochClock,
    epoch: number,
    backbones: readonly ListedBackbone[],
    signal: AbortSignal,
  ): Promise<Proposal> {
    const snapshot = await chain.snapshot(await chain.blockNumber());
    const reports = await gather(epochs, epoch, backbones, snapshot, signal);
    if (reports.length === 0) return { outcome: "empty" };
    const evidence = await build(epochs, epoch, reports, backbones, snapshot, signal);
    await archive.keep(evidence);

    const of = { epoch, root: evidence.tree.root };
    const batch = toScoreBatch(of, sectionsOf(evidence.nodes));
    const signatures = new Map([[peerId, await chain.sign(batch)]]);
    await Promise.all(
      backbones.map(async ({ peerId: other, url }) => {
        if (other === peerId || url === null) return;
        const signature = await others.sign(url, { ...of, proposer: peerId }, signal).catch((error: unknown) => {
          log.warn({ err: error, backbone: other, epoch }, "a backbone did not sign the scores");
        });
        if (signature) signatures.set(other, signature);
      }),
    );
    const needed = await chain.quorum();
    if (signatures.size < needed) return { outcome: "no-quorum", signers: signatures.size, needed };
    return { outcome: "submitted", hash: await chain.submit(batch, sortedBySigner(signatures)) };
  };

  /** Our own report, and those of the others that are there and sound. */
  async function gather(
    epochs: EpochClock,
    epoch: number,
    backbones: readonly ListedBackbone[],
    snapshot: Snapshot,
    signal: AbortSignal,
  ): Promise<Report[]> {
    const { epochLengthS } = epochs;
    const own = await deps.ownReport(epochs, epoch);
    const found = await Promise.all(
      backbones.map(async ({ peerId: other, url }) => {
        if (other === peerId || url === null || !(await snapshot.isBackbone(other))) return [];
        try {
          const report = await others.report(url, epoch, signal);
          if (report.line.prober !== other) throw new Error("the report is another backbone's");
          await verifyReport(report, { domain, epoch, epochLengthS });
          return [report];
        } catch (error) {
          log.warn({ err: error, backbone: other, epoch }, "an epoch goes without this backbone's report");
          return [];
        }
      }),
    );
    return [...(own === null ? [] : [own]), ...found.flat()];
  }

  async function build(
    { epochLengthS }: EpochClock,
    epoch: number,
    reports: readonly Report[],
    backbones: readonly ListedBackbone[],
    snapshot: Snapshot,
    signal: AbortSignal,
  ): Promise<Evidence> {
    const histories = await archive.histories(snapshot.last, backbones, signal);
    if (histories === null) log.warn({ ...snapshot.last }, "nobody has the last evidence: uptimes start anew");
    const known = histories ?? new Map();
    const asked = reports.flatMap(({ probes }) => probes.map(({ node }) => node));
    const registered = await snapshot.nodes([...new Set([...asked, ...known.keys()])]);
    return buildEvidence(
      {
        kind: "epoch",
        version: 1,
        chainId: domain.chainId,
        nexus: domain.nexusAddress,
        epoch,
        epochLengthS,
        blockNumber: snapshot.blockNumber,
        previous: histories === null ? null : snapshot.last,
      },
      reports,
      registered,
      known,
    );
  }
}

function sortedBySigner(signatures: ReadonlyMap<Hex, BatchSignature>): BatchSignature[] {
  return [...signatures].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, signature]) => signature);
}
