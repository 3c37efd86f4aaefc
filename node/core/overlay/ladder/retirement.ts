import { bestOf, hasUsers, type PeerConnection, rankOf, retirementOf } from "../peer-connection.ts";

/** The other end hears of the better connection within a round trip, and may have begun a stream on this one. */
const lingerMs = 3_000;
const checkMs = 1_000;

/** Closes connections to peers that are reached on a better rung. */
export interface Retirement {
  /** To be called whenever connections have opened or closed. */
  look(): void;
  /** Has a connection retire for another one of the same rung, such as one through another relay. */
  retire(connection: PeerConnection): void;
  stop(): void;
}

/**
 * A connection retires once a better one to its peer is open: its users are told by its `retiring` signal and open their
 * next stream on the better one. It closes when the last of its streams has ended, or after `graceMs`, with them.
 */
export function createRetirement(config: { graceMs: number }, deps: { connections(): PeerConnection[] }): Retirement {
  const timers = new Map<string, NodeJS.Timeout>();
  const givenUp = new WeakSet<PeerConnection["libp2p"]>();
  let stopped = false;

  const forget = ({ libp2p }: PeerConnection) => {
    clearTimeout(timers.get(libp2p.id));
    timers.delete(libp2p.id);
  };

  const check = (connection: PeerConnection, retiredAtMs: number) => {
    const { libp2p } = connection;
    if (libp2p.status !== "open") return forget(connection);
    const isUsed = hasUsers(connection);
    const isDue = performance.now() - retiredAtMs >= config.graceMs;
    if (isUsed && !isDue) return wait(connection, retiredAtMs, Math.min(checkMs, config.graceMs));
    forget(connection);
    if (isUsed) libp2p.abort(new Error("a better connection to the peer is open"));
    else libp2p.close().catch((error: Error) => libp2p.abort(error));
  };

  const wait = (connection: PeerConnection, retiredAtMs: number, ms: number) => {
    timers.set(
      connection.libp2p.id,
      setTimeout(() => check(connection, retiredAtMs), ms),
    );
  };

  const look = () => {
    if (stopped) return;
    const byPeer = Map.groupBy(deps.connections(), ({ peerId }) => peerId);
    for (const open of byPeer.values()) {
      const best = bestOf(open.filter(({ libp2p }) => !givenUp.has(libp2p)));
      for (const connection of open) {
        const isWorse = best !== undefined && rankOf(best) < rankOf(connection);
        const isOutdone = isWorse || (best !== undefined && givenUp.has(connection.libp2p));
        const retires = timers.has(connection.libp2p.id);
        if (isOutdone && !retires) {
          retirementOf(connection.libp2p).retire();
          wait(connection, performance.now(), lingerMs);
        } else if (!isOutdone && retires) {
          // The better one has gone before this one was closed.
          retirementOf(connection.libp2p).recall();
          forget(connection);
        }
      }
    }
  };

  return {
    look,
    retire({ libp2p }) {
      givenUp.add(libp2p);
      look();
    },
    stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
