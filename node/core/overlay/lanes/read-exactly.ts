import { once } from "node:events";
import type { Readable } from "node:stream";

/**
 * Takes exactly so many bytes from the front of a stream that nobody reads yet; what follows stays in it.
 *
 * @throws where the stream ends or fails before, or the signal aborts
 */
export async function readExactly(stream: Readable, length: number, signal: AbortSignal): Promise<Buffer> {
  for (;;) {
    const bytes = stream.read(length) as Buffer | null;
    if (bytes?.length === length) return bytes;
    // At its end a stream gives what is left, though it is less.
    if (bytes !== null || stream.readableEnded || stream.destroyed) throw new Error("the stream ended too early");
    const settled = new AbortController();
    const either = { signal: AbortSignal.any([signal, settled.signal]) };
    try {
      await Promise.race([
        once(stream, "readable", either),
        once(stream, "close", either).then(() => {
          throw new Error("the stream ended too early");
        }),
      ]);
    } finally {
      settled.abort();
    }
  }
}
