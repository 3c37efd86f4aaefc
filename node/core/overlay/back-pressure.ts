import { once } from "node:events";
import type { AbortOptions, Stream } from "@libp2p/interface";
import { AbstractMessageStream } from "@libp2p/utils";

// js-libp2p 3.3 loses back-pressure in two places, so that a fast sender fills the memory of whoever stands between it
// and a slow receiver. Both are mended here until they are upstream (docs/adr/0010).

/**
 * How much a stream may hold unread. Larger than the receive window below: what a peer may still send after we stop
 * reading has to fit, or the stream is reset.
 */
export const maxReadBufferBytes = 4 * 2 ** 20;
/** Yamux's receive window at the most: what is in flight to us, per stream. */
export const maxWindowBytes = 2 * 2 ** 20;

/**
 * Lets `onDrain` wait each time: the library keeps the promise of its first wait, and from then on a writer that
 * honours `send() === false` does not wait at all.
 */
export function mendOnDrain(): void {
  AbstractMessageStream.prototype.onDrain = async function onDrain({ signal }: AbortOptions = {}) {
    if (!this.writableNeedsDrain) return;
    const settled = new AbortController();
    const limit = signal ? AbortSignal.any([signal, settled.signal]) : settled.signal;
    const closed = once(this, "close", { signal: limit }).then(([event]) => {
      throw (event as { error?: Error }).error ?? new Error("the stream closed before it could take more data");
    });
    try {
      await Promise.race([once(this, "drain", { signal: limit }), closed]);
    } finally {
      settled.abort();
      closed.catch(() => undefined);
    }
  };
}

/** One end of a circuit, in the shape that the relay server joins. */
export interface StreamDuplex {
  readonly source: AsyncGenerator<Chunk>;
  sink(source: AsyncIterable<Chunk>): Promise<void>;
  abort(error: Error): void;
}

type Chunk = Parameters<Stream["send"]>[0];

/**
 * A stream as source and sink that hold one message at a time. The library's own joining queues without bound, and
 * queues what nobody ever reads: a relay would keep each byte that it has forwarded. The meter is told of what comes
 * from the stream, and what it holds back is not given on.
 */
export function toDuplex(stream: Stream, meter: (bytes: number) => Promise<void> | undefined): StreamDuplex {
  return {
    source: readPaced(stream, meter),
    sink: (source) => writePaced(stream, source),
    abort: (error) => stream.abort(error),
  };
}

function readPaced(stream: Stream, meter: (bytes: number) => Promise<void> | undefined): AsyncGenerator<Chunk> {
  const queue: Chunk[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake = () => {};
  const isOpen = () => stream.readStatus === "readable" || stream.readStatus === "paused";
  // Listening starts here and not with the first read: what comes before would be lost.
  stream.addEventListener("message", ({ data }) => {
    queue.push(data);
    if (isOpen()) stream.pause();
    wake();
  });
  const end = (event: Event) => {
    ended = true;
    failure ??= (event as Event & { error?: Error }).error;
    wake();
  };
  stream.addEventListener("remoteCloseWrite", end, { once: true });
  stream.addEventListener("close", end, { once: true });

  async function* read() {
    for (;;) {
      const chunk = queue.shift();
      if (chunk !== undefined) {
        await meter(chunk.byteLength);
        yield chunk;
      } else if (stream.readStatus === "paused") stream.resume();
      else if (failure !== undefined) throw failure;
      else if (ended) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  return read();
}

async function writePaced(stream: Stream, source: AsyncIterable<Chunk>): Promise<void> {
  for await (const chunk of source) {
    if (stream.writeStatus !== "writable") break;
    if (!stream.send(chunk)) await stream.onDrain();
  }
  await stream.close();
}
