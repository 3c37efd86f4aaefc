import type { Connection } from "@libp2p/interface";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../errors.ts";
import type { NodeRecord } from "../../records/index.ts";
import { type Path, pathSchema } from "../../schema.ts";
import { overlayErrors } from "../errors.ts";
import { libp2pIdOf } from "../libp2p-id.ts";
import { describeConnection, type PeerConnection } from "../peer-connection.ts";
import type { PeerIdentities } from "../pq-tls/index.ts";
import type { Refusals } from "../refusals.ts";
import { type Attempt, createAttempts } from "./attempts.ts";
import { toAttemptError } from "./failure.ts";
import type { Rung, Target, Way } from "./rung.ts";
import { type Start, staggered } from "./staggered.ts";

/** A rung's start before the next one begins beside it: longer than a handshake to the far side of the world. */
const headStartMs = 500;
/** Between two addresses of one rung (RFC 8305, section 8). */
const nextWayMs = 250;

export interface LadderDeps {
  /** Best first. */
  rungs: readonly Rung[];
  identities: PeerIdentities;
  refusals: Refusals;
  connectionTo(peerId: Hex): PeerConnection | undefined;
  /** Has the users of a connection take another one of the same rung, which is open. */
  retire(connection: PeerConnection): void;
  now: () => number;
}

/** What a rung has to say of a peer: what it would try, or why nothing. */
export interface RungPlan {
  readonly rung: Path;
  /** Null where there is something to try. */
  readonly hindrance: ShadowMeshError | null;
}

/** The ways to a peer, tried best first, each beside the one before it once that one takes long. */
export interface Ladder {
  /**
   * Connects to the peer of a record by the first way that opens, or gives the connection that is open; the handshake
   * proves its ID. Better ones that are under way go on: where one opens
   * later, there are two connections.
   *
   * @throws PEER_UNREACHABLE, HANDSHAKE_REFUSED, WRONG_PEER
   */
  connect(record: NodeRecord, signal: AbortSignal): Promise<PeerConnection>;
  /**
   * As `connect`, whatever connection is open, and not kept among the attempts.
   *
   * @throws PEER_UNREACHABLE, HANDSHAKE_REFUSED, WRONG_PEER
   */
  connectAnew(record: NodeRecord, signal: AbortSignal): Promise<PeerConnection>;
  /**
   * Connects by a better rung than that of the connection that is open, or past a relay that is to be avoided; the open
   * one retires.
   *
   * @throws PEER_UNREACHABLE, HANDSHAKE_REFUSED, WRONG_PEER
   */
  improve(record: NodeRecord, signal: AbortSignal): Promise<PeerConnection>;
  /** What was tried of late for a peer, the newest first. */
  attempts(peerId: Hex): readonly Attempt[];
  /** What each rung would do for the peer of a record now, best first. */
  plans(record: NodeRecord): RungPlan[];
}

export function createLadder(deps: LadderDeps): Ladder {
  const { identities, refusals, now } = deps;
  const attempts = createAttempts();
  /** Connects of one record at once share one climb. */
  const climbing = new Map<string, { connection: Promise<PeerConnection>; signal: AbortSignal }>();

  const targetOf = (record: NodeRecord): Target => ({
    record,
    libp2pId: libp2pIdOf(record),
    open: deps.connectionTo(record.peerId),
  });

  const proved = (record: NodeRecord, dialled: Connection): PeerConnection => {
    const connection = describeConnection(dialled, identities);
    if (connection?.peerId === record.peerId) return connection;
    void dialled.close().catch(() => dialled.abort(new Error("another peer")));
    const details = { wanted: record.peerId, proved: connection?.peerId };
    throw new ShadowMeshError(overlayErrors.WRONG_PEER, { details });
  };

  /** Tries one way, and notes what became of it. */
  const attempt = async (target: Target, rung: Path, way: Way, kept: boolean, signal: AbortSignal) => {
    const { record, libp2pId } = target;
    const [startedAt, atMs] = [performance.now(), now()];
    const limit = boundedBy(signal, way.timeoutMs);
    const note = (outcome: Attempt["outcome"], address: string | null, failure: ShadowMeshError | null) => {
      if (!kept) return;
      const elapsedMs = performance.now() - startedAt;
      const told = failure && { code: failure.code, reason: failure.message, action: failure.action };
      attempts.add(record.peerId, { rung, address, relay: way.relay(), outcome, failure: told, elapsedMs, atMs });
    };
    try {
      const dialled = await refusals.dialling(libp2pId, way.address, () => way.open(limit.signal));
      const connection = proved(record, dialled);
      if (signal.aborted) {
        void dialled.close().catch(() => dialled.abort(new Error("another way was faster")));
        signal.throwIfAborted();
      }
      note("opened", connection.address, null);
      return connection;
    } catch (cause) {
      if (signal.aborted) note("abandoned", way.address, null);
      const error = toAttemptError(cause, limit.timedOut);
      if (!signal.aborted) note("failed", way.address, error);
      throw error;
    } finally {
      limit.release();
    }
  };

  const climb = async (
    record: NodeRecord,
    options: { rungs?: readonly Rung[]; kept: boolean; signal: AbortSignal },
  ) => {
    const { rungs = deps.rungs, kept, signal } = options;
    // Who connects anew is one who does not know the peer yet.
    const target: Target = kept ? targetOf(record) : { ...targetOf(record), open: undefined };
    const hindrances: ShadowMeshError[] = [];
    const starts = rungs.flatMap(({ name, plan }): Start<PeerConnection>[] => {
      const ways = plan(target);
      if (ShadowMeshError.is(ways)) {
        hindrances.push(ways);
        return [];
      }
      const each = ways.map((way) => (limit: AbortSignal) => attempt(target, name, way, kept, limit));
      return [(limit) => staggered(each, { delayMs: nextWayMs, signal: limit })];
    });
    try {
      return await staggered(starts, { delayMs: headStartMs, signal, lettingBetterGoOn: kept });
    } catch (cause) {
      throw toPeerError(record, [...flatten(cause), ...hindrances], cause);
    }
  };

  return {
    async connect(record, signal) {
      const open = deps.connectionTo(record.peerId);
      if (open !== undefined) return open;
      const key = `${record.peerId} ${record.sequence}`;
      for (let other = climbing.get(key); other !== undefined; other = climbing.get(key)) {
        try {
          return await Promise.race([other.connection, rejectOnAbort(signal)]);
        } catch (cause) {
          if (signal.aborted) throw toPeerError(record, [], cause);
          // It was given up by whoever began it, not by us.
          if (!other.signal.aborted) throw cause;
        }
      }
      const connection = climb(record, { kept: true, signal }).finally(() => climbing.delete(key));
      climbing.set(key, { connection, signal });
      return connection;
    },
    connectAnew: (record, signal) => climb(record, { kept: false, signal }),
    async improve(record, signal) {
      const open = deps.connectionTo(record.peerId);
      const isWorthIt = ({ name, isOutdone }: Rung) =>
        open === undefined || isBetter(name, open.path) || (name === open.path && isOutdone?.(open) === true);
      const better = await climb(record, { rungs: deps.rungs.filter(isWorthIt), kept: true, signal });
      if (better.path === open?.path && better.libp2p !== open.libp2p) deps.retire(open);
      return better;
    },
    attempts: attempts.of,
    plans(record) {
      const target = targetOf(record);
      return deps.rungs.map(({ name, plan }) => {
        const ways = plan(target);
        return { rung: name, hindrance: ShadowMeshError.is(ways) ? ways : null };
      });
    },
  };
}

/** A signal that aborts with another one or after a time, until it is released: what was opened then outlives both. */
function boundedBy(signal: AbortSignal, timeoutMs: number) {
  const own = new AbortController();
  const abort = () => own.abort(signal.reason);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    own.abort(new DOMException("Nothing answered in time.", "TimeoutError"));
  }, timeoutMs);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  return {
    signal: own.signal,
    get timedOut() {
      return timedOut;
    },
    release() {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    },
  };
}

const isBetter = (path: Path, other: Path) => pathSchema.options.indexOf(path) < pathSchema.options.indexOf(other);

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function flatten(error: unknown): ShadowMeshError[] {
  if (error instanceof AggregateError) return error.errors.flatMap(flatten);
  return ShadowMeshError.is(error) ? [error] : [];
}

/** Who proves to be another, or proves nothing, is told of first: it is no matter of the network. */
function toPeerError(record: NodeRecord, failures: readonly ShadowMeshError[], cause: unknown): ShadowMeshError {
  const refused = failures.find(
    (failure) =>
      ShadowMeshError.is(failure, overlayErrors.WRONG_PEER) ||
      ShadowMeshError.is(failure, overlayErrors.HANDSHAKE_REFUSED),
  );
  if (refused !== undefined) return refused;
  const reason = [...new Set(failures.map(({ message }) => message))].join(" ") || "It was given up.";
  const details = { peerId: record.peerId, tried: record.addresses, reason };
  return new ShadowMeshError(overlayErrors.PEER_UNREACHABLE, { details, cause });
}
