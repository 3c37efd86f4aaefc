import type { Readable } from "node:stream";

/**
 * Takes exactly so many bytes from the front of a stream that nobody reads yet; what follows stays in it.
 *
 * @throws where the stream ends or fails before, or the signal aborts
 */
export async function readExactly(stream: Readable, length: number, signal: AbortSignal): Promise<Buffer> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const settle = (act: () => void) => {
    signal.removeEventListener("abort", onAbort);
    stream.off("readable", onReadable).off("end", onEnd).off("close", onEnd).off("error", onError);
    act();
  };
  const onAbort = () => settle(() => reject(signal.reason));
  const onEnd = () => settle(() => reject(new Error("the stream ended too early")));
  const onError = (error: Error) => settle(() => reject(error));
  const onReadable = () => {
    const bytes = stream.read(length) as Buffer | null;
    if (bytes?.length === length) settle(() => resolve(bytes));
    // At its end a stream gives what is left, though it is less.
    else if (bytes !== null || stream.readableEnded || stream.destroyed) onEnd();
  };
  signal.addEventListener("abort", onAbort);
  // One listener until the end: each that is added while too few bytes wait is told of them at once, and whoever adds
  // another for that reason never lets a further byte in, nor anybody else come by the processor.
  stream.on("readable", onReadable).on("end", onEnd).on("close", onEnd).on("error", onError);
  // Of bytes that were there before, no event may tell.
  onReadable();
  return promise;
}
