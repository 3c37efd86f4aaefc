import type { Logger } from "pino";
import type { Hex } from "viem";
import type { EpochRoot } from "../../core/chain/index.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { sentAtOf } from "../../core/evidence/probe.ts";
import type { Report } from "../../core/evidence/report.ts";
import { uptimeEpochs } from "../../core/evidence/score.ts";
import type { Identity } from "../../core/identity/index.ts";
import type { PeerConnection } from "../../core/overlay/index.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import type { Service } from "../../core/service.ts";
import type { Database } from "../database/index.ts";
import { backboneErrors } from "../errors.ts";
import { createArchive } from "./archive.ts";
import type { HealthChain } from "./chain-port.ts";
import { type Countersign, createCountersign } from "./countersign.ts";
import { type Cycle, createCycle, type Turn } from "./cycle.ts";
import { createEvidenceTable, type StoredEvidence } from "./evidence-table.ts";
import { createLastRead } from "./last-read.ts";
import { createOthers } from "./others.ts";
import { createOwnReport } from "./own-report.ts";
import { createProbeTable } from "./probe-table.ts";
import { createProbe } from "./prober.ts";
import { createPropose } from "./propose.ts";
import { createSchedule } from "./schedule.ts";

export interface HealthDeps {
  identity: Identity;
  domain: StatementDomain;
  database: Database;
  chain: HealthChain;
  /** Peers of the registry that are active. */
  activePeers(): Promise<readonly Hex[]>;
  reachAnew(peerId: Hex, signal: AbortSignal): Promise<PeerConnection>;
  /** Tells the DHT where the evidence is; `url` is our own endpoint. Resolves to how many of its servers took it. */
  announceEvidence(of: EpochRoot, url: string, signal: AbortSignal): Promise<number>;
  metrics: {
    observeProbe(latencyMs: number | null): void;
    countTurn(turn: Turn): void;
  };
  now: () => number;
  log: Logger;
}

/** The backbone's part in the scores: it probes, and closes epochs with the others. */
export interface Health extends Service {
  /** Asks every node now, once; the schedule spreads the same over each slot. */
  probeAll(signal: AbortSignal): Promise<void>;
  readonly turn: Cycle["turn"];
  readonly countersign: Countersign;
  /** Our report of a closed epoch. @throws EPOCH_OPEN, EVIDENCE_NOT_FOUND, DATABASE_UNAVAILABLE */
  report(epoch: number): Promise<Report>;
  /** By root also one that is only proposed; without epoch the newest published. @throws EVIDENCE_NOT_FOUND */
  evidence(of: { epoch?: number; root?: Hex }): Promise<StoredEvidence>;
  /** The lines of a published evidence about one node, with their proofs. @throws EVIDENCE_NOT_FOUND */
  nodeEvidence(of: { epoch?: number; peerId: Hex }): Promise<EpochRoot & { leaves: { line: string; proof: Hex[] }[] }>;
  /** Deletes probes and evidence that nobody asks for any more. */
  purge(): Promise<void>;
  readonly publishedEpoch: number | null;
}

export function createHealth(config: { evidenceEpochs: number; probing: boolean }, deps: HealthDeps): Health {
  const { identity, domain, chain, now, log } = deps;
  const probeTable = createProbeTable(deps);
  const evidenceTable = createEvidenceTable(deps);
  const readStored = createLastRead();
  const others = createOthers();
  const archive = createArchive({ table: evidenceTable, others, log });
  const ownReport = createOwnReport({ identity, domain, table: probeTable, now });
  const { peerId } = identity;
  const shared = { peerId, domain, chain, archive, ownReport, log };
  const propose = createPropose({ ...shared, others });
  const countersign = createCountersign({ ...shared, now });
  const probe = createProbe({ identity, domain, reachAnew: deps.reachAnew, now });

  const targets = async () => (await deps.activePeers()).filter((target) => target !== peerId);
  const probeOne = async (node: Hex, signal: AbortSignal) => {
    const epochs = await requireEpochs();
    const line = await probe(node, signal);
    deps.metrics.observeProbe(line.latencyMs);
    await probeTable.put(epochs.epochAt(sentAtOf(line.nonce)), line);
  };
  const requireEpochs = async () => requireFound(await chain.epochs(), "no contract keeps scores");

  const schedule = createSchedule({ epochs: chain.epochs, targets, probe: probeOne, now, log });
  const cycle = createCycle({
    ...shared,
    nodeAddress: identity.nodeAddress,
    propose,
    async announce(of, backbones, signal) {
      const url = backbones.find((one) => one.peerId === peerId)?.url;
      return url ? deps.announceEvidence(of, url, signal) : 0;
    },
    onTurn: deps.metrics.countTurn,
    now,
  });
  const services = config.probing ? [schedule, cycle] : [];

  const evidence: Health["evidence"] = async ({ epoch, root }) => {
    const found =
      epoch !== undefined && root !== undefined
        ? await evidenceTable.get({ epoch, root })
        : await evidenceTable.published(epoch);
    return requireFound(found, "this backbone has no such evidence");
  };

  return {
    probeAll: async (signal) => void (await Promise.all((await targets()).map((node) => probeOne(node, signal)))),
    turn: cycle.turn,
    countersign,
    report: async (epoch) => requireFound(await ownReport(await requireEpochs(), epoch), "nobody was probed then"),
    evidence,
    async nodeEvidence({ epoch, peerId: node }) {
      const stored = await evidence({ epoch });
      const { tree, lines, nodes, probes, reports } = readStored(stored);
      // The line of the epoch goes with every node; then come reports, nodes and probes.
      const [nodesFrom, probesFrom] = [1 + reports.length, 1 + reports.length + nodes.length];
      const wanted = [
        0,
        ...nodes.flatMap((line, index) => (line.peerId === node ? nodesFrom + index : [])),
        ...probes.flatMap((line, index) => (line.node === node ? probesFrom + index : [])),
      ];
      if (wanted.length === 1) throw notFound("this evidence does not name the node");
      const leaves = wanted.map((index) => ({ line: lines[index] ?? "", proof: tree.proofOf(index) }));
      return { epoch: stored.epoch, root: stored.root, leaves };
    },
    async purge() {
      const epochs = await chain.epochs().catch(() => null);
      if (epochs === null) return;
      const closed = epochs.closedAt(now());
      await probeTable.purge(closed - 1);
      const publishedBefore = Math.max(0, closed - Math.max(config.evidenceEpochs, uptimeEpochs));
      await evidenceTable.purge({ publishedBefore, proposedBefore: closed - 1 });
    },
    get publishedEpoch() {
      return cycle.publishedEpoch;
    },
    async start(signal) {
      for (const service of services) await service.start(signal);
    },
    async stop() {
      for (const service of services.toReversed()) await service.stop();
    },
  };
}

function requireFound<T>(found: T | null, reason: string): T {
  if (found === null) throw notFound(reason);
  return found;
}

function notFound(reason: string): ShadowMeshError {
  return new ShadowMeshError(backboneErrors.EVIDENCE_NOT_FOUND, { details: { reason } });
}
