import type { Stream } from "@libp2p/interface";
import { ShadowMeshError } from "../errors.ts";
import { overlayErrors } from "./errors.ts";

/**
 * Reads a frame of a fixed length.
 *
 * @throws MALFORMED_FRAME where the stream ends before, or more comes at once; the signal's abort resets the stream
 */
export async function readFrame(stream: Stream, length: number, signal: AbortSignal): Promise<Uint8Array> {
  const onAbort = () => stream.abort(new Error("no frame came in time", { cause: signal.reason }));
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const parts: Uint8Array[] = [];
    let received = 0;
    for await (const part of stream) {
      parts.push(part instanceof Uint8Array ? part : part.subarray());
      received += part.byteLength;
      if (received >= length) break;
    }
    if (received === length) return Buffer.concat(parts);
    const details = { reason: `${received} bytes came, ${length} were expected` };
    throw new ShadowMeshError(overlayErrors.MALFORMED_FRAME, { details });
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
