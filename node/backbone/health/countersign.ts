import type { Hex } from "viem";
import { type BatchSignature, type EpochRoot, toScoreBatch } from "../../core/chain/index.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { sectionsOf } from "../../core/evidence/evaluate.ts";
import { type Evidence, verifyEvidence } from "../../core/evidence/evidence.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import { backboneErrors } from "../errors.ts";
import type { Archive } from "./archive.ts";
import { type HealthChain, type ListedBackbone, maxBlockAge, type Snapshot } from "./chain-port.ts";
import type { EpochClock } from "./epochs.ts";
import type { OwnReport } from "./own-report.ts";

/** Proposals that wait; honest ones come one an epoch, and again where a backbone is away. */
const maxWaiting = 4;

export interface CountersignDeps {
  peerId: Hex;
  domain: StatementDomain;
  chain: HealthChain;
  archive: Archive;
  ownReport: OwnReport;
  now: () => number;
}

/**
 * Signs what another backbone proposes, if it is what we come to ourselves: its chain is ours, each report in it is
 * signed and whole, ours is in it as we made it, and the scores are those that come of the probes.
 *
 * @throws EVIDENCE_REFUSED, EVIDENCE_INVALID, EPOCH_OPEN, EVIDENCE_NOT_FOUND
 */
export type Countersign = (proposal: EpochRoot & { proposer: Hex }, signal: AbortSignal) => Promise<BatchSignature>;

export function createCountersign(deps: CountersignDeps): Countersign {
  const { domain, chain, archive, now } = deps;
  /** One at a time, and each root once: thousands of signatures are checked. */
  let busy: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let signed: { of: EpochRoot; signature: BatchSignature } | undefined;

  async function check(proposal: EpochRoot & { proposer: Hex }, signal: AbortSignal): Promise<BatchSignature> {
    const { epoch, root, proposer } = proposal;
    if (signed?.of.epoch === epoch && signed.of.root === root) return signed.signature;
    const epochs = await chain.epochs();
    if (epochs === null) throw refused("no contract keeps scores");
    if (epoch > epochs.closedAt(now())) throw new ShadowMeshError(backboneErrors.EPOCH_OPEN, { details: { epoch } });
    if (epoch < epochs.closedAt(now())) throw refused("the epoch is over for long");
    const backbones = await chain.backbones();
    const url = backbones.find(({ peerId }) => peerId === proposer)?.url;
    if (!url) throw refused("the proposer is no backbone of the contract, or has no endpoint");

    const evidence = await archive.proposed({ epoch, root }, url, signal);
    const snapshot = await snapshotOf(evidence);
    if (snapshot.last !== null && snapshot.last.epoch >= epoch) throw refused("the chain has this epoch's scores");
    await requireReports(evidence, epochs, snapshot);
    const histories = await historiesFor(evidence, snapshot, backbones, signal);
    const asked = evidence.probes.map(({ node }) => node);
    const registered = await snapshot.nodes([...new Set([...asked, ...histories.keys()])]);
    await verifyEvidence(evidence, { domain, epoch, epochLengthS: epochs.epochLengthS }, histories, registered);

    await archive.keep(evidence);
    const signature = await chain.sign(toScoreBatch({ epoch, root }, sectionsOf(evidence.nodes)));
    signed = { of: { epoch, root }, signature };
    return signature;
  }

  async function snapshotOf({ epoch: { blockNumber } }: Evidence): Promise<Snapshot> {
    const head = await chain.blockNumber();
    if (blockNumber > head || blockNumber < head - maxBlockAge)
      throw refused("it is pinned to a block that we cannot read");
    return chain.snapshot(blockNumber);
  }

  async function requireReports(evidence: Evidence, epochs: EpochClock, snapshot: Snapshot): Promise<void> {
    for (const { prober } of evidence.reports) {
      if (!(await snapshot.isBackbone(prober))) throw refused("it has a report of who is no backbone");
    }
    const own = await deps.ownReport(epochs, evidence.epoch.epoch);
    const included = evidence.reports.find(({ prober }) => prober === deps.peerId);
    if (included?.root !== own?.line.root) throw refused("our own report is not in it as we made it");
  }

  async function historiesFor(
    { epoch: { previous } }: Evidence,
    { last }: Snapshot,
    backbones: readonly ListedBackbone[],
    signal: AbortSignal,
  ) {
    const histories = await archive.histories(last, backbones, signal);
    if (histories === null && previous !== null) throw refused("nobody gives us the evidence that it continues");
    if (histories === null) return new Map();
    if (previous?.epoch !== last?.epoch || previous?.root !== last?.root) {
      throw refused("it does not continue the last evidence of the chain");
    }
    return histories;
  }

  return (proposal, signal) => {
    if (waiting >= maxWaiting) return Promise.reject(refused("too many proposals wait to be checked"));
    waiting++;
    const checking = busy.then(() => {
      signal.throwIfAborted();
      return check(proposal, signal);
    });
    busy = checking
      .catch(() => undefined)
      .finally(() => {
        waiting--;
      });
    return checking;
  };
}

function refused(reason: string): ShadowMeshError {
  return new ShadowMeshError(backboneErrors.EVIDENCE_REFUSED, {
    message: `This backbone does not sign the scores: ${reason}.`,
    details: { reason },
  });
}
