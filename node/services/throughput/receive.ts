import { createHash } from "node:crypto";
import type { Stream } from "@libp2p/interface";
import { ShadowMeshError } from "../../core/errors.ts";
import { overlayErrors } from "../../core/overlay/index.ts";
import { busyAnswer, decodeLength, encodeLength, idleTimeoutMs, lengthBytes } from "./protocol.ts";

/**
 * The far end of a measurement: hashes exactly the announced number of bytes and answers count and SHA-256.
 *
 * @throws MALFORMED_FRAME where the length is 0 or over the limit, or more bytes come than were announced
 */
export async function receiveTransfer(stream: Stream, signal: AbortSignal): Promise<void> {
  const hash = createHash("sha256");
  let header = Buffer.alloc(0);
  let expected: number | undefined;
  let received = 0;

  const idle = watchIdle(stream);
  signal.addEventListener("abort", idle.abort, { once: true });
  try {
    for await (const list of stream) {
      idle.touch();
      for (const chunk of list instanceof Uint8Array ? [list] : list) {
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
      }
      if (expected !== undefined && received >= expected) break;
    }
    if (received !== expected) throw malformed(`${received} bytes came, ${expected ?? "none"} were announced`);
    stream.send(Buffer.concat([encodeLength(received), hash.digest()]));
    await stream.close({ signal: AbortSignal.timeout(idleTimeoutMs) });
  } finally {
    idle.stop();
    signal.removeEventListener("abort", idle.abort);
  }
}

/** Tells a sender that others are being served, and takes nothing of it. */
export async function refuseTransfer(stream: Stream): Promise<void> {
  const idle = watchIdle(stream);
  try {
    stream.send(busyAnswer);
    await stream.close({ signal: AbortSignal.timeout(idleTimeoutMs) });
    await stream.closeRead();
  } finally {
    idle.stop();
  }
}

function watchIdle(stream: Stream) {
  const abort = () => stream.abort(new Error("the measurement was idle for too long, or the daemon stops"));
  const timer = setTimeout(abort, idleTimeoutMs);
  return { abort, touch: () => timer.refresh(), stop: () => clearTimeout(timer) };
}

function malformed(reason: string): ShadowMeshError {
  return new ShadowMeshError(overlayErrors.MALFORMED_FRAME, { details: { reason } });
}
