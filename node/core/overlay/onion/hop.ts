import { type Duplex, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Hex } from "viem";
import type { NodeRecord, SignedRecord } from "../../records/index.ts";
import type { Lane } from "../lanes/index.ts";
import type { Meter } from "../meter.ts";
import { extendSchema, readMessage, writeHops, writeMessage } from "./protocol.ts";

/** What decides about paths through this node. */
export interface HopPolicy {
  /** Whether a peer may have paths pass here, and whether one may be led to. */
  mayPass(peerId: Hex): Promise<boolean>;
  /** Whether the one before us on the path has paid what it owes. */
  settle(client: Hex): Promise<boolean>;
  meter: Meter;
}

export interface HopDeps {
  verifyRecord(signed: SignedRecord): Promise<NodeRecord>;
  /** Opens the lane to the next one on the path. */
  openLane(record: NodeRecord, signal: AbortSignal): Promise<Lane>;
  /** Told of what the next one will bill us. */
  owe(next: Hex, bytes: number): void;
}

/** A path's way through this node. */
interface Hop {
  /** Who came before. */
  client: Hex;
  /** Left of the path, this one included. */
  hops: number;
  policy: HopPolicy;
  deps: HopDeps;
  /** Aborts where the path takes too long to be made; what is made outlives it. */
  signal: AbortSignal;
  stopping: AbortSignal;
}

/**
 * Serves one hop inside its layer: hears who is next, leads the path there, and passes on what it cannot read. It knows
 * who came before and who comes next, and of the first not whether it is an end.
 */
export async function serveHop(layer: Duplex, { client, hops, policy, deps, signal, stopping }: Hop): Promise<void> {
  const { next } = await readMessage(layer, extendSchema, signal);
  const refuse = (refused: "PAYMENT_REQUIRED" | "NEXT_UNKNOWN" | "NEXT_UNREACHABLE") => {
    writeMessage(layer, { refused });
    layer.end();
  };
  if (!(await policy.settle(client))) return refuse("PAYMENT_REQUIRED");
  const record = await deps.verifyRecord(next).catch(() => null);
  // Whoever names a node has us connect to its addresses: to those that the contract knows, and to no others.
  if (record === null || !(await policy.mayPass(record.peerId))) return refuse("NEXT_UNKNOWN");
  const lane = await deps.openLane(record, signal).catch(() => null);
  if (lane === null) return refuse("NEXT_UNREACHABLE");
  const onward = lane.duplex;
  try {
    writeHops(onward, hops - 1);
    writeMessage(layer, { extended: true });
    const counted = () =>
      metered((bytes) => {
        if (hops > 1) deps.owe(record.peerId, bytes * (hops - 1));
        return policy.meter(client, bytes * hops);
      });
    await pipeline(layer, counted(), onward, counted(), layer, { signal: stopping });
  } finally {
    onward.destroy();
    layer.destroy();
  }
}

/** Passes bytes on when the meter lets them. */
function metered(meter: (bytes: number) => Promise<void> | undefined): Transform {
  return new Transform({
    transform(chunk: Buffer, _, callback) {
      const released = meter(chunk.length);
      if (released === undefined) callback(null, chunk);
      else released.then(() => callback(null, chunk), callback);
    },
  });
}
