import { once } from "node:events";
import { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { AbortOptions, MessageStream, Stream, StreamCloseEvent } from "@libp2p/interface";
import { AbstractMessageStream, type SendResult } from "@libp2p/utils";

// What `@libp2p/tls/utils` has under the same names, without the certificate tools that come with it there: they are a
// third of what the daemon would load.

/**
 * The raw stream below TLS, as the Node stream that a TLSSocket wants: it ends where the raw stream does.
 *
 * @param count - Told of the bytes that pass, in either direction.
 */
export function toNodeDuplex(stream: MessageStream, count?: (bytes: number) => void): Duplex {
  const duplex = createDuplex(stream, () => stream.resume(), count);
  stream.addEventListener("close", ({ error }) => void duplex.destroy(error));
  return duplex;
}

/** A muxed stream as a Node stream of which each direction ends by itself, once all of it has been read. */
export function toHalfOpenDuplex(stream: Stream): Duplex {
  const end = () => void (duplex.readableEnded || duplex.push(null));
  // The event of the end has come and gone where all of the stream arrived while its protocol was negotiated: what was
  // read ahead there is put back afterwards.
  const duplex = createDuplex(stream, () => (isEnded(stream) ? end() : stream.resume()));
  // Whoever reads or writes learns of an error there; it must not become an uncaught exception between the two.
  duplex.on("error", () => undefined);
  stream.addEventListener("end", end, { once: true });
  stream.addEventListener("close", ({ error }) => void (error === undefined || duplex.destroy(error)));
  duplex.once("close", () => {
    if (!duplex.readableEnded || !duplex.writableFinished) stream.abort(new Error("the other half was given up"));
  });
  return duplex;
}

function isEnded({ readBufferLength, readStatus, remoteWriteStatus }: Stream): boolean {
  const isOpen = readStatus === "readable" || readStatus === "paused";
  return readBufferLength === 0 && (remoteWriteStatus === "closed" || !isOpen);
}

function createDuplex(stream: MessageStream, read: () => void, count?: (bytes: number) => void): Duplex {
  const send = (chunks: readonly Uint8Array[], callback: (error?: Error | null) => void) => {
    try {
      let more = true;
      for (const chunk of chunks) {
        count?.(chunk.byteLength);
        more = stream.send(chunk);
      }
      if (more) callback();
      else stream.onDrain().then(() => callback(), callback);
    } catch (error) {
      callback(error as Error);
    }
  };
  // Nothing comes in before the socket asks for it.
  stream.pause();
  const duplex = new Duplex({
    write: (chunk: Uint8Array, _, callback) => send([chunk], callback),
    writev: (chunks, callback) =>
      send(
        chunks.map(({ chunk }) => chunk),
        callback,
      ),
    read,
    final: (callback) => void stream.close().then(() => callback(), callback),
  });
  stream.addEventListener("message", ({ data }) => {
    count?.(data.byteLength);
    let more = true;
    for (const chunk of data instanceof Uint8Array ? [data] : data) more = duplex.push(chunk);
    if (!more) stream.pause();
  });
  return duplex;
}

/** The plaintext side of a TLSSocket, as the stream that libp2p muxes. */
export function toMessageStream(stream: MessageStream, socket: TLSSocket): MessageStream {
  return new DecryptedStream(stream, socket);
}

class DecryptedStream extends AbstractMessageStream {
  readonly #stream: MessageStream;
  readonly #socket: TLSSocket;
  /** Set once the socket has closed: the end of the raw stream. */
  #closing: Promise<void> | undefined;

  constructor(stream: MessageStream, socket: TLSSocket) {
    const { log, inactivityTimeout, maxReadBufferLength, direction } = stream;
    super({ log, inactivityTimeout, maxReadBufferLength, direction });
    this.#stream = stream;
    this.#socket = socket;
    if (socket.closed) this.#closing = Promise.resolve();
    socket.on("data", (data) => this.onData(data));
    socket.on("error", (error) => stream.abort(error));
    socket.on("close", () => {
      this.#closing = stream.close().catch((error: Error) => stream.abort(error));
    });
    socket.on("drain", () => this.safeDispatchEvent("drain"));
    stream.addEventListener("close", (event) => this.#onRawClose(event));
  }

  /** A local failure, a remote reset and a clean end below stay apart above. */
  #onRawClose({ error, local }: StreamCloseEvent): void {
    this.#socket.destroy();
    if (error === undefined) this.onTransportClosed();
    else if (local) this.abort(error);
    else this.onRemoteReset();
  }

  async close(options?: AbortOptions): Promise<void> {
    if (this.#closing === undefined) {
      this.#socket.destroySoon();
      await once(this.#socket, "close", options);
    }
    // The socket's end is not yet the transport's.
    await this.#closing;
  }

  sendData(data: Iterable<Uint8Array> & { byteLength: number }): SendResult {
    let sentBytes = 0;
    let canSendMore = true;
    for (const chunk of data) {
      sentBytes += chunk.byteLength;
      canSendMore = this.#socket.write(chunk);
      if (!canSendMore) break;
    }
    return { sentBytes, canSendMore };
  }

  sendPause(): void {
    this.#socket.pause();
  }

  sendResume(): void {
    this.#socket.resume();
  }

  sendReset(error: Error): void {
    // A TLSSocket over a stream can't reset what lies below it.
    this.#socket.destroy();
    this.#stream.abort(error);
  }
}
