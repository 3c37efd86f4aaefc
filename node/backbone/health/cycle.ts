import type { Logger } from "pino";
import { formatEther, type Hex } from "viem";
import { sleep } from "../../core/backoff.ts";
import { chainErrors, type EpochRoot } from "../../core/chain/index.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { createLoop } from "../../core/loop.ts";
import type { Service } from "../../core/service.ts";
import type { Archive } from "./archive.ts";
import type { HealthChain, ListedBackbone } from "./chain-port.ts";
import type { EpochClock } from "./epochs.ts";
import type { Proposal } from "./propose.ts";

/** A turn is looked for four times a slot, within these bounds. */
const pollLimits = { minMs: 500, maxMs: 30_000 } as const;

/** What a look at the clock led to: `idle` where nothing was to be done. */
export type Turn = Proposal["outcome"] | "idle" | "waiting" | "failed";

export interface CycleDeps {
  peerId: Hex;
  nodeAddress: Hex;
  chain: HealthChain;
  archive: Archive;
  propose(
    epochs: EpochClock,
    epoch: number,
    backbones: readonly ListedBackbone[],
    signal: AbortSignal,
  ): Promise<Proposal>;
  /** Tells the DHT that we have a published evidence; resolves to how many of its servers took it. */
  announce(of: EpochRoot, backbones: readonly ListedBackbone[], signal: AbortSignal): Promise<number>;
  onTurn(turn: Turn): void;
  now: () => number;
  log: Logger;
}

export interface Cycle extends Service {
  /** Keeps what the chain has published, and proposes the closed epoch's scores where it is our turn. */
  turn(signal: AbortSignal): Promise<Turn>;
  /** The newest epoch whose evidence is on chain and at hand. */
  readonly publishedEpoch: number | null;
}

/**
 * Closes epochs. The backbones propose in turn, sorted by peer ID: the first one is picked by the epoch's number, and
 * with each slot that passes without scores on chain it is the next one's turn.
 */
export function createCycle(deps: CycleDeps): Cycle {
  const { chain, now, log } = deps;
  const { stopping, ...life } = createLoop(() => run());
  let published: EpochRoot | null = null;
  let announced = "";
  /** Proposed by us, whatever came of it: once a turn is enough. */
  let tried = "";

  async function settle(last: EpochRoot, backbones: readonly ListedBackbone[], signal: AbortSignal): Promise<void> {
    if (last.root === published?.root) return;
    const evidence = await deps.archive.published(last, backbones, signal);
    if (evidence === null) {
      log.warn({ epoch: last.epoch }, "the chain has scores whose evidence no backbone gives us");
      return;
    }
    published = last;
    log.info({ epoch: last.epoch, root: last.root, probes: evidence.probes.length }, "scores are on chain");
  }

  /** Tried at each turn until a server of the DHT has taken it: there may be none yet. */
  async function announce(backbones: readonly ListedBackbone[], signal: AbortSignal): Promise<void> {
    if (published === null || published.root === announced) return;
    const stored = await deps.announce(published, backbones, signal).catch((error: unknown) => {
      log.debug({ err: error }, "the DHT does not take where the evidence is");
      return 0;
    });
    if (stored > 0) announced = published.root;
  }

  async function look(signal: AbortSignal): Promise<Turn> {
    const epochs = await chain.epochs();
    if (epochs === null) return "idle";
    const backbones = await chain.backbones();
    const { last } = await chain.snapshot(await chain.blockNumber());
    if (last !== null) await settle(last, backbones, signal);
    await announce(backbones, signal);
    const epoch = epochs.closedAt(now());
    if (last !== null && last.epoch >= epoch) return "idle";
    const attempt = epochs.attemptAt(epoch, now());
    const proposer = backbones[(epoch + attempt) % Math.max(1, backbones.length)];
    if (proposer?.peerId !== deps.peerId || tried === `${epoch}/${attempt}`) return "waiting";
    tried = `${epoch}/${attempt}`;
    const proposal = await deps.propose(epochs, epoch, backbones, signal);
    if (proposal.outcome !== "submitted") {
      const level = proposal.outcome === "empty" ? "debug" : "warn";
      log[level]({ epoch, attempt, ...proposal }, "no scores of this epoch from us");
      return proposal.outcome;
    }
    const { last: sent } = await chain.snapshot(await chain.blockNumber());
    if (sent !== null) await settle(sent, backbones, signal);
    await announce(backbones, signal);
    return proposal.outcome;
  }

  async function turn(signal: AbortSignal): Promise<Turn> {
    const outcome = await look(signal).catch(async (error: unknown): Promise<Turn> => {
      if (signal.aborted) return "failed";
      if (ShadowMeshError.is(error, chainErrors.INSUFFICIENT_FUNDS)) await sayPoor();
      else log.warn({ err: error }, "scores cannot be brought on chain now");
      return "failed";
    });
    deps.onTurn(outcome);
    return outcome;
  }

  async function sayPoor(): Promise<void> {
    const balance = await chain.balanceWei().then(formatEther, () => "an unknown amount of");
    log.error(
      { nodeAddress: deps.nodeAddress, balance },
      `this backbone cannot pay for scores: its node key holds ${balance} SHM for gas; send some to the nodeAddress`,
    );
  }

  async function run(): Promise<void> {
    while (!stopping.aborted) {
      await turn(stopping);
      const slotMs = (await chain.epochs().catch(() => null))?.slotMs ?? pollLimits.maxMs;
      await sleep(Math.min(pollLimits.maxMs, Math.max(pollLimits.minMs, slotMs / 4)), stopping);
    }
  }

  return {
    turn,
    get publishedEpoch() {
      return published?.epoch ?? null;
    },
    ...life,
  };
}
