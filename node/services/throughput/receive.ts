import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import { finished } from "node:stream/promises";
import { ShadowMeshError } from "../../core/errors.ts";
import { overlayErrors } from "../../core/overlay/index.ts";
import { decodeLength, encodeLength, idleTimeoutMs, lengthBytes } from "./protocol.ts";

/**
 * The far end of a measurement: hashes exactly the announced number of bytes and answers count and SHA-256.
 *
 * @throws MALFORMED_FRAME where the length is 0 or over the limit, or more bytes come than were announced
 */
export async function receiveTransfer(lane: Duplex, signal: AbortSignal): Promise<void> {
  const hash = createHash("sha256");
  let header = Buffer.alloc(0);
  let expected: number | undefined;
  let received = 0;

  const idle = watchIdle(lane);
  signal.addEventListener("abort", idle.abort, { once: true });
  try {
    for await (const chunk of lane.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      idle.touch();
      let body = chunk;
      if (expected === undefined) {
        header = Buffer.concat([header, chunk]);
        if (header.length < lengthBytes) continue;
        const length = decodeLength(header);
        if (length === null) throw malformed("the length is 0 or over the limit");
        expected = length;
        body = header.subarray(lengthBytes);
      }
      hash.update(body);
      received += body.length;
      if (received >= expected) break;
    }
    if (received !== expected) throw malformed(`${received} bytes came, ${expected ?? "none"} were announced`);
    lane.end(Buffer.concat([encodeLength(received), hash.digest()]));
  } finally {
    idle.stop();
    signal.removeEventListener("abort", idle.abort);
  }
}

/** Waits until the sender has read its answer and closes; what it still sends is dropped. */
export async function awaitClose(lane: Duplex): Promise<void> {
  const idle = watchIdle(lane);
  try {
    lane.resume();
    await finished(lane);
  } finally {
    idle.stop();
  }
}

function watchIdle(lane: Duplex) {
  const abort = () => lane.destroy(new Error("the measurement was idle for too long, or the daemon stops"));
  const timer = setTimeout(abort, idleTimeoutMs);
  return { abort, touch: () => timer.refresh(), stop: () => clearTimeout(timer) };
}

function malformed(reason: string): ShadowMeshError {
  return new ShadowMeshError(overlayErrors.MALFORMED_FRAME, { details: { reason } });
}
