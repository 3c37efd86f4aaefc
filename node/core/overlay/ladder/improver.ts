import type { Hex } from "viem";
import { createBackoff } from "../../backoff.ts";
import { type ChangeEmitter, createChangeEmitter, nextChange } from "../../change.ts";
import type { NodeRecord } from "../../records/index.ts";
import { pathSchema } from "../../schema.ts";
import { timeoutSignal } from "../../timeout-signal.ts";
import type { PeerConnection } from "../peer-connection.ts";

/** Between two attempts at a better rung: something must have changed for it to open. */
const backoffLimits = { minMs: 2_000, maxMs: 5 * 60_000 };
/** Whoever was dialled may dial back, as it may be the one behind a router; not all at once. */
const dialBackWithinMs = 500;
const lookupTimeoutMs = 10_000;
const attemptTimeoutMs = 20_000;
/** Peers that are tried at a time; others wait for their next turn. */
const maxAtOnce = 8;

export interface ImproverDeps {
  connections(): PeerConnection[];
  connectionTo(peerId: Hex): PeerConnection | undefined;
  /** The newest record of a peer, or null where none is found. */
  findRecord(peerId: Hex, signal: AbortSignal): Promise<NodeRecord | null>;
  /** Tries what is better than the connection that is open. @throws where nothing of it opens */
  improve(record: NodeRecord, signal: AbortSignal): Promise<unknown>;
}

/** Tries better ways, for as long as a peer's best connection is not on the best rung. */
export interface Improver {
  /** To be called whenever connections have opened or closed. */
  look(): void;
  /** Something has changed for this peer, or for all: it is tried now. */
  hurry(peerId?: Hex): void;
  stop(): Promise<void>;
}

export function createImprover(deps: ImproverDeps): Improver {
  const stopping = new AbortController();
  const watched = new Map<Hex, { hurry: ChangeEmitter; done: Promise<void> }>();
  let busy = 0;

  const isImprovable = (connection: PeerConnection | undefined) =>
    connection !== undefined && connection.path !== pathSchema.options[0];

  const improve = async (peerId: Hex) => {
    const limit = (ms: number) => AbortSignal.any([stopping.signal, timeoutSignal(ms)]);
    const record = await deps.findRecord(peerId, limit(lookupTimeoutMs));
    if (record !== null) await deps.improve(record, limit(attemptTimeoutMs));
  };

  const watch = async (peerId: Hex, hurry: ChangeEmitter) => {
    const backoff = createBackoff(backoffLimits);
    hurry.onChange(backoff.reset);
    const wasDialled = deps.connectionTo(peerId)?.direction === "inbound";
    let waitMs = wasDialled ? Math.random() * dialBackWithinMs : backoff.next();
    for (;;) {
      await nextChange([hurry], waitMs, stopping.signal);
      if (stopping.signal.aborted || !isImprovable(deps.connectionTo(peerId))) return;
      if (busy < maxAtOnce) {
        busy++;
        // What fails is told by the ladder's attempts.
        await improve(peerId)
          .catch(() => undefined)
          .finally(() => busy--);
      }
      waitMs = backoff.next();
    }
  };

  return {
    look() {
      if (stopping.signal.aborted) return;
      for (const { peerId } of deps.connections()) {
        if (watched.has(peerId) || !isImprovable(deps.connectionTo(peerId))) continue;
        const hurry = createChangeEmitter();
        const done = watch(peerId, hurry).finally(() => watched.delete(peerId));
        watched.set(peerId, { hurry, done });
      }
      // Those that are done with end: the next connection to the peer starts anew.
      for (const [peerId, { hurry }] of watched) if (!isImprovable(deps.connectionTo(peerId))) hurry.emit();
    },
    hurry(peerId) {
      for (const [other, { hurry }] of watched) if (peerId === undefined || other === peerId) hurry.emit();
    },
    async stop() {
      stopping.abort();
      await Promise.all([...watched.values()].map(({ done }) => done));
    },
  };
}
