import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import { type Overlay, overlayErrors, type PeerConnection } from "../../core/overlay/index.ts";
import type { Path } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";
import { throughputErrors } from "./errors.ts";
import { busyAnswer, maxInboundTransfers, maxRefusedTransfers, throughputProtocol } from "./protocol.ts";
import { awaitClose, receiveTransfer } from "./receive.ts";
import { sendTransfer, type Transfer } from "./send.ts";

/** Until a peer is found and connected. */
const reachTimeoutMs = 15_000;
/** Each hop is a connection and a handshake of its own, and may have to be another one. */
const onionTimeoutMs = 60_000;
const pingTimeoutMs = 5_000;
/** 1 GiB at 2 Mbit/s takes over an hour. Node's `fetch` waits five minutes for an answer, so the command would have gone. */
const transferTimeoutMs = 4 * 60_000;

export interface ThroughputDeps {
  overlay: Pick<Overlay, "lanes" | "ping">;
  reach(peerId: Hex, signal: AbortSignal): Promise<PeerConnection>;
  /** A connection of its own through so many relays. */
  onionReach(peerId: Hex, hops: number, signal: AbortSignal): Promise<{ connection: PeerConnection; relays: Hex[] }>;
}

export interface Reached {
  readonly path: Path;
  /** In the order in which they pass the bytes on; empty where none does, or it is not known. */
  readonly relays: Hex[];
}

interface Way {
  hops: number;
}

export interface Measured extends Reached, Transfer {
  readonly connectMs: number;
  /** Whether the bytes had a connection of their own, or shared the muxed one. */
  readonly dedicated: boolean;
}

export interface Throughput extends Service {
  /**
   * @param way.hops - Relays that the path is to lead through; 0 for the best way there is.
   * @throws what `reach` throws, PING_LOST
   */
  ping(
    peerId: Hex,
    way: Way & { count: number },
    signal: AbortSignal,
  ): Promise<Reached & { connectMs: number; roundTripsMs: number[] }>;
  /** @throws what `reach` throws, PAYMENT_REQUIRED, TRANSFER_BUSY, TRANSFER_FAILED, TRANSFER_CORRUPT */
  measure(peerId: Hex, way: Way & { bytes: number }, signal: AbortSignal): Promise<Measured>;
}

export function createThroughput(deps: ThroughputDeps): Throughput {
  let receiving = 0;

  /** Uses a connection: the one to the peer, which stays, or one through so many relays, which is closed then. */
  const onConnection = async <T>(
    peerId: Hex,
    hops: number,
    signal: AbortSignal,
    use: (connection: PeerConnection) => Promise<T>,
  ): Promise<T & Reached & { connectMs: number }> => {
    const startedAt = performance.now();
    const limit = AbortSignal.any([signal, timeoutSignal(hops === 0 ? reachTimeoutMs : onionTimeoutMs)]);
    const { connection, relays } = await (hops === 0
      ? deps.reach(peerId, limit).then((connection) => ({ connection, relays: relaysOf(connection) }))
      : deps.onionReach(peerId, hops, limit));
    const connectMs = performance.now() - startedAt;
    try {
      return { path: connection.path, relays, connectMs, ...(await use(connection)) };
    } finally {
      if (hops > 0) await connection.libp2p.close().catch((error: Error) => connection.libp2p.abort(error));
    }
  };

  async function roundTrip(connection: PeerConnection, signal: AbortSignal): Promise<number> {
    const limit = AbortSignal.any([signal, timeoutSignal(pingTimeoutMs)]);
    return await deps.overlay.ping(connection, limit).catch((cause: unknown) => {
      limit.throwIfAborted();
      throw new ShadowMeshError(throughputErrors.PING_LOST, { cause });
    });
  }

  return {
    async start(signal) {
      signal.throwIfAborted();
      await deps.overlay.lanes.handle(
        throughputProtocol,
        async ({ duplex }, _peer, stopping) => {
          if (receiving >= maxInboundTransfers) duplex.end(busyAnswer);
          else {
            receiving++;
            try {
              await receiveTransfer(duplex, stopping);
            } finally {
              receiving--;
            }
          }
          await awaitClose(duplex);
        },
        { maxInbound: maxInboundTransfers + maxRefusedTransfers },
      );
    },
    stop: () => deps.overlay.lanes.unhandle(throughputProtocol),
    async ping(peerId, { count, hops }, signal) {
      const attempt = () =>
        onConnection(peerId, hops, signal, async (connection) => {
          const roundTripsMs: number[] = [];
          for (let index = 0; index < count; index++) roundTripsMs.push(await roundTrip(connection, signal));
          return { roundTripsMs };
        });
      // A connection may end just as it is taken, for a better one has opened or its far end has gone and come back.
      return await attempt().catch((error: unknown) => {
        if (ShadowMeshError.is(error, throughputErrors.PING_LOST)) return attempt();
        throw error;
      });
    },
    measure: (peerId, { bytes, hops }, signal) =>
      onConnection(peerId, hops, signal, async (connection) => {
        const limit = AbortSignal.any([signal, timeoutSignal(transferTimeoutMs)]);
        const lane = await deps.overlay.lanes.open(connection, throughputProtocol, limit).catch((cause: unknown) => {
          if (ShadowMeshError.is(cause, overlayErrors.PAYMENT_REQUIRED)) throw cause;
          throw new ShadowMeshError(throughputErrors.TRANSFER_FAILED, { cause, details: { reason: String(cause) } });
        });
        return { dedicated: lane.dedicated, ...(await sendTransfer(lane.duplex, bytes, limit)) };
      }),
  };
}

const relaysOf = ({ relay }: PeerConnection) => (relay === null ? [] : [relay]);
