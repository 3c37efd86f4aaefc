import { createHash, randomFillSync } from "node:crypto";
import type { Stream } from "@libp2p/interface";
import { ShadowMeshError } from "../../core/errors.ts";
import { throughputErrors } from "./errors.ts";
import { answerBytes, chunkBytes, encodeLength, lengthBytes } from "./protocol.ts";

export interface Transfer {
  readonly bytes: number;
  readonly elapsedMs: number;
  /** Hex; computed here over what was sent, and equal to the far end's. */
  readonly sha256: string;
}

/**
 * Sends random bytes and compares the far end's count and SHA-256 with our own.
 *
 * @throws TRANSFER_FAILED, TRANSFER_CORRUPT
 */
export async function sendTransfer(stream: Stream, bytes: number, signal: AbortSignal): Promise<Transfer> {
  const startedAt = performance.now();
  const hash = createHash("sha256");
  try {
    const answer = readAnswer(stream, signal);
    // Kept from being reported as unhandled while we still send; it is awaited below.
    answer.catch(() => undefined);
    await write(stream, encodeLength(bytes), signal);
    for (let sent = 0; sent < bytes; sent += chunkBytes) {
      const chunk = randomFillSync(new Uint8Array(Math.min(chunkBytes, bytes - sent)));
      hash.update(chunk);
      await write(stream, chunk, signal);
    }
    const sha256 = hash.digest();
    const reply = await answer;
    const intact =
      reply.subarray(0, lengthBytes).equals(encodeLength(bytes)) && reply.subarray(lengthBytes).equals(sha256);
    if (!intact) throw new ShadowMeshError(throughputErrors.TRANSFER_CORRUPT);
    return { bytes, elapsedMs: performance.now() - startedAt, sha256: sha256.toString("hex") };
  } catch (cause) {
    stream.abort(cause as Error);
    if (ShadowMeshError.is(cause)) throw cause;
    throw new ShadowMeshError(throughputErrors.TRANSFER_FAILED, { cause, details: { reason: String(cause) } });
  }
}

async function write(stream: Stream, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!stream.send(chunk)) await stream.onDrain({ signal });
}

async function readAnswer(stream: Stream, signal: AbortSignal): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    signal.throwIfAborted();
    parts.push(part instanceof Uint8Array ? part : part.subarray());
    length += part.byteLength;
    if (length >= answerBytes) break;
  }
  if (length !== answerBytes) {
    throw new ShadowMeshError(throughputErrors.TRANSFER_FAILED, { details: { answeredBytes: length } });
  }
  await stream.close({ signal });
  return Buffer.concat(parts);
}
