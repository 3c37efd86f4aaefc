import { createHash, randomFillSync } from "node:crypto";
import type { Stream } from "@libp2p/interface";
import { ShadowMeshError } from "../../core/errors.ts";
import { throughputErrors } from "./errors.ts";
import { answerBytes, busyAnswer, chunkBytes, encodeLength, lengthBytes } from "./protocol.ts";

export interface Transfer {
  readonly bytes: number;
  readonly elapsedMs: number;
  /** Hex; computed here over what was sent, and equal to the far end's. */
  readonly sha256: string;
}

/**
 * Sends random bytes and compares the far end's count and SHA-256 with our own.
 *
 * @throws TRANSFER_BUSY, TRANSFER_FAILED, TRANSFER_CORRUPT
 */
export async function sendTransfer(stream: Stream, bytes: number, signal: AbortSignal): Promise<Transfer> {
  const startedAt = performance.now();
  const hash = createHash("sha256");
  // What waits for the far end does not see the signal: only the end of the stream wakes it.
  const onAbort = () => stream.abort(new Error("the measurement was given up", { cause: signal.reason }));
  signal.addEventListener("abort", onAbort);
  try {
    const answer = readAnswer(stream, signal);
    // An answer before the last byte is a refusal, or no honest one; nobody reads what is still to be sent.
    const early = answer.then(() => {
      throw new ShadowMeshError(throughputErrors.TRANSFER_CORRUPT);
    });
    // Kept from being reported as unhandled; the answer is awaited below.
    early.catch(() => undefined);
    const write = async (chunk: Uint8Array) => {
      signal.throwIfAborted();
      if (!stream.send(chunk)) await Promise.race([stream.onDrain({ signal }), early]);
    };
    await write(encodeLength(bytes));
    for (let sent = 0; sent < bytes; sent += chunkBytes) {
      const chunk = randomFillSync(new Uint8Array(Math.min(chunkBytes, bytes - sent)));
      hash.update(chunk);
      await write(chunk);
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
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
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
  const answer = Buffer.concat(parts);
  if (answer.equals(busyAnswer)) throw new ShadowMeshError(throughputErrors.TRANSFER_BUSY);
  await stream.close({ signal });
  return answer;
}
