import { randomBytes } from "node:crypto";
import { readExactly } from "./lanes/index.ts";
import type { PeerConnection } from "./peer-connection.ts";
import { toHalfOpenDuplex } from "./pq-tls/index.ts";

/** libp2p specs, ping/ping.md. */
const pingProtocol = "/ipfs/ping/1.0.0";
const payloadBytes = 32;

/** The round trip on a connection in milliseconds; libp2p's own ping takes whichever connection to the peer it likes. */
export async function ping(connection: PeerConnection, signal: AbortSignal): Promise<number> {
  const duplex = toHalfOpenDuplex(await connection.open(pingProtocol, signal));
  try {
    const payload = randomBytes(payloadBytes);
    const startedAt = performance.now();
    duplex.write(payload);
    const echoed = await readExactly(duplex, payloadBytes, signal);
    if (!echoed.equals(payload)) throw new Error("the peer echoed something else");
    return performance.now() - startedAt;
  } finally {
    duplex.end();
    duplex.destroy();
  }
}
