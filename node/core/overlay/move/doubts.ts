import type { Hex } from "viem";
import { sleep } from "../../backoff.ts";
import { timeoutSignal } from "../../timeout-signal.ts";
import { type PeerConnection, rankOf } from "../peer-connection.ts";

/** How much later than on the new connection an answer may come: what holds up this machine, or the peer, holds up both. */
const graceMs = 500;
const answerTimeoutMs = 5_000;

export interface DoubtsDeps {
  connections(): PeerConnection[];
  ping(connection: PeerConnection, signal: AbortSignal): Promise<number>;
  drop(connection: PeerConnection): void;
  /** Aborted when the overlay stops. */
  stopping: AbortSignal;
}

/**
 * Finds out which connections have died at the far end. A node that has a connection opens no other that is as good or
 * worse: one that does so has most likely lost the first, be it that it has moved, behind a router perhaps whose own
 * address is as before, or that it was started anew.
 */
export interface Doubts {
  /** To be told of each connection that opens. Resolves once the older ones have answered, or were dropped. */
  opened(connection: PeerConnection): Promise<void>;
}

export function createDoubts(deps: DoubtsDeps): Doubts {
  /** One question at a time to each peer, however often it connects. */
  const asked = new Set<Hex>();

  const ask = async (connection: PeerConnection, older: readonly PeerConnection[]) => {
    const signal = AbortSignal.any([deps.stopping, timeoutSignal(answerTimeoutMs)]);
    const silent = new Set(older);
    // A refusal is an answer as well.
    for (const one of older)
      void deps.ping(one, signal).then(
        () => silent.delete(one),
        () => silent.delete(one),
      );
    try {
      await deps.ping(connection, signal);
    } catch {
      return; // Then it says nothing of the others.
    }
    await sleep(graceMs, signal);
    if (!signal.aborted) for (const one of silent) deps.drop(one);
  };

  return {
    async opened(connection) {
      const { peerId, libp2p, direction } = connection;
      if (direction !== "inbound" || asked.has(peerId)) return;
      const older = deps
        .connections()
        .filter((one) => one.peerId === peerId && one.libp2p.id !== libp2p.id && rankOf(one) <= rankOf(connection));
      if (older.length === 0) return;
      asked.add(peerId);
      await ask(connection, older).finally(() => asked.delete(peerId));
    },
  };
}
