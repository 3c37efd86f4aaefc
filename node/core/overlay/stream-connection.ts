import { once } from "node:events";
import type { Duplex } from "node:stream";
import type { AbortOptions, Logger, MessageStreamDirection } from "@libp2p/interface";
import { AbstractMultiaddrConnection, type SendResult } from "@libp2p/utils";
import type { Multiaddr } from "@multiformats/multiaddr";

/**
 * A stream gives what comes whether or not it is read, so that this has to hold what the layers above have not taken
 * yet; they take it within a turn of the loop, and yamux holds senders back.
 */
const maxReadBufferLength = 16 * 2 ** 20;

/** The part of a Duplex that Node's and streamx' have in common. */
export type RawStream = Pick<Duplex, "on" | "once" | "write" | "end" | "pause" | "resume" | "destroyed"> & {
  destroy(error?: Error): void;
};

/** A stream of bytes to a peer as the raw connection that libp2p secures and muxes. */
export class StreamConnection extends AbstractMultiaddrConnection {
  readonly #stream: RawStream;

  readonly #count: ((bytes: number) => void) | undefined;

  /** @param init.count Told of the bytes that pass, in either direction. */
  constructor(
    stream: RawStream,
    init: {
      remoteAddr: Multiaddr;
      direction: MessageStreamDirection;
      log: Logger;
      count?: (bytes: number) => void;
    },
  ) {
    const { count, ...rest } = init;
    super({ ...rest, maxReadBufferLength });
    this.#count = count;
    this.#stream = stream;
    stream.on("data", (data: Buffer) => {
      count?.(data.length);
      this.onData(data);
    });
    stream.on("drain", () => this.safeDispatchEvent("drain"));
    stream.on("error", (error: Error) => this.abort(error));
    stream.once("end", () => {
      stream.end();
      this.onTransportClosed();
    });
    stream.once("close", () => this.onTransportClosed());
  }

  sendData(data: Iterable<Uint8Array> & { byteLength: number }): SendResult {
    let sentBytes = 0;
    let canSendMore = true;
    for (const chunk of data) {
      sentBytes += chunk.byteLength;
      this.#count?.(chunk.byteLength);
      canSendMore = this.#stream.write(chunk);
      if (!canSendMore) break;
    }
    return { sentBytes, canSendMore };
  }

  async sendClose(options?: AbortOptions): Promise<void> {
    if (this.#stream.destroyed) return;
    const closed = once(this.#stream as never, "close", options);
    this.#stream.end();
    try {
      await closed;
    } catch {
      this.#stream.destroy();
    }
  }

  sendReset(): void {
    this.#stream.destroy();
  }

  sendPause(): void {
    this.#stream.pause();
  }

  sendResume(): void {
    this.#stream.resume();
  }
}
