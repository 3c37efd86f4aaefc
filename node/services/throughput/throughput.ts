import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import { type Overlay, overlayErrors, type PeerConnection } from "../../core/overlay/index.ts";
import type { Path } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";
import { throughputErrors } from "./errors.ts";
import { busyAnswer, maxInboundTransfers, maxRefusedTransfers, throughputProtocol } from "./protocol.ts";
import { awaitClose, receiveTransfer } from "./receive.ts";
import { sendTransfer, type Transfer } from "./send.ts";

/** Until a peer is found and connected. */
const reachTimeoutMs = 15_000;
const pingTimeoutMs = 5_000;
/** 1 GiB at 2 Mbit/s takes over an hour. Node's `fetch` waits five minutes for an answer, so the command would have gone. */
const transferTimeoutMs = 4 * 60_000;

export interface ThroughputDeps {
  overlay: Pick<Overlay, "lanes" | "ping">;
  reach(peerId: Hex, signal: AbortSignal): Promise<PeerConnection>;
}

export interface Reached {
  readonly path: Path;
  readonly relay: Hex | null;
}

export interface Measured extends Reached, Transfer {
  /** Whether the bytes had a connection of their own, or shared the muxed one. */
  readonly dedicated: boolean;
}

export interface Throughput extends Service {
  /** @throws what `reach` throws */
  ping(
    peerId: Hex,
    count: number,
    signal: AbortSignal,
  ): Promise<Reached & { connectMs: number; roundTripsMs: number[] }>;
  /** @throws what `reach` throws, PAYMENT_REQUIRED, TRANSFER_BUSY, TRANSFER_FAILED, TRANSFER_CORRUPT */
  measure(peerId: Hex, bytes: number, signal: AbortSignal): Promise<Measured>;
}

export function createThroughput(deps: ThroughputDeps): Throughput {
  let receiving = 0;

  const reach = async (peerId: Hex, signal: AbortSignal) => {
    const startedAt = performance.now();
    const connection = await deps.reach(peerId, AbortSignal.any([signal, AbortSignal.timeout(reachTimeoutMs)]));
    return { connection, connectMs: performance.now() - startedAt };
  };

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
    async ping(peerId, count, signal) {
      const { connection, connectMs } = await reach(peerId, signal);
      const roundTripsMs: number[] = [];
      for (let index = 0; index < count; index++) {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(pingTimeoutMs)]);
        roundTripsMs.push(await deps.overlay.ping(connection, limit));
      }
      return { path: connection.path, relay: connection.relay, connectMs, roundTripsMs };
    },
    async measure(peerId, bytes, signal) {
      const { connection } = await reach(peerId, signal);
      const limit = AbortSignal.any([signal, AbortSignal.timeout(transferTimeoutMs)]);
      const lane = await deps.overlay.lanes.open(connection, throughputProtocol, limit).catch((cause: unknown) => {
        if (ShadowMeshError.is(cause, overlayErrors.PAYMENT_REQUIRED)) throw cause;
        throw new ShadowMeshError(throughputErrors.TRANSFER_FAILED, { cause, details: { reason: String(cause) } });
      });
      const transfer = await sendTransfer(lane.duplex, bytes, limit);
      return { path: connection.path, relay: connection.relay, dedicated: lane.dedicated, ...transfer };
    },
  };
}
