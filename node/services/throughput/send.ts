import { createHash, randomFillSync } from "node:crypto";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { ShadowMeshError } from "../../core/errors.ts";
import { throughputErrors } from "./errors.ts";
import { answerBytes, busyAnswer, chunkBytes, encodeLength, idleTimeoutMs, lengthBytes } from "./protocol.ts";

export interface Transfer {
  readonly bytes: number;
  readonly elapsedMs: number;
  /** Hex; computed here over what was sent, and equal to the far end's. */
  readonly sha256: string;
}

/**
 * Sends random bytes and compares the far end's count and SHA-256 with our own; closes the lane.
 *
 * @throws TRANSFER_BUSY, TRANSFER_FAILED, TRANSFER_CORRUPT
 */
export async function sendTransfer(lane: Duplex, bytes: number, signal: AbortSignal): Promise<Transfer> {
  const startedAt = performance.now();
  const hash = createHash("sha256");
  // What waits for the far end does not see the signal: only the end of the lane wakes it.
  const onAbort = () => lane.destroy(new Error("the measurement was given up", { cause: signal.reason }));
  signal.addEventListener("abort", onAbort);
  try {
    signal.throwIfAborted();
    const answer = readAnswer(lane);
    // An answer before the last byte is a refusal, or no honest one; nobody reads what is still to be sent.
    const early = answer.then(() => {
      throw new ShadowMeshError(throughputErrors.TRANSFER_CORRUPT);
    });
    // Kept from being reported as unhandled; the answer is awaited below.
    early.catch(() => undefined);
    const write = async (chunk: Uint8Array, isLast = false) => {
      signal.throwIfAborted();
      // For the last there is nothing to hold back, and its honest answer may be seen before its drain is.
      if (!lane.write(chunk) && !isLast) await Promise.race([once(lane, "drain", { signal }), early]);
    };
    await write(encodeLength(bytes));
    for (let sent = 0; sent < bytes; sent += chunkBytes) {
      const chunk = randomFillSync(new Uint8Array(Math.min(chunkBytes, bytes - sent)));
      hash.update(chunk);
      await write(chunk, sent + chunk.length === bytes);
    }
    const sha256 = hash.digest();
    const reply = await answer;
    const intact =
      reply.subarray(0, lengthBytes).equals(encodeLength(bytes)) && reply.subarray(lengthBytes).equals(sha256);
    if (!intact) throw new ShadowMeshError(throughputErrors.TRANSFER_CORRUPT);
    const elapsedMs = performance.now() - startedAt;
    close(lane);
    return { bytes, elapsedMs, sha256: sha256.toString("hex") };
  } catch (cause) {
    lane.destroy(cause as Error);
    if (ShadowMeshError.is(cause)) throw cause;
    throw new ShadowMeshError(throughputErrors.TRANSFER_FAILED, { cause, details: { reason: String(cause) } });
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function readAnswer(lane: Duplex): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of lane.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    parts.push(part);
    length += part.length;
    if (length >= answerBytes) break;
  }
  if (length !== answerBytes) {
    throw new ShadowMeshError(throughputErrors.TRANSFER_FAILED, { details: { answeredBytes: length } });
  }
  const answer = Buffer.concat(parts);
  if (answer.equals(busyAnswer)) throw new ShadowMeshError(throughputErrors.TRANSFER_BUSY);
  return answer;
}

/** Ends our half, and the whole where the far end does not follow. */
function close(lane: Duplex): void {
  lane.end();
  lane.resume();
  const timer = setTimeout(() => lane.destroy(), idleTimeoutMs);
  lane.once("close", () => clearTimeout(timer));
}
