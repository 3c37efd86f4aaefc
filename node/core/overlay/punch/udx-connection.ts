import { once } from "node:events";
import type { AbortOptions, Logger, MessageStreamDirection } from "@libp2p/interface";
import { AbstractMultiaddrConnection, type SendResult } from "@libp2p/utils";
import { multiaddr } from "@multiformats/multiaddr";
import type { UdxStream } from "udx-native";
import { familyOf, type UdpAddress } from "./udp-address.ts";

/**
 * A stream gives what comes whether or not it is read, so that this has to hold what the layers above have not taken
 * yet; they take it within a turn of the loop, and yamux holds senders back.
 */
const maxReadBufferLength = 16 * 2 ** 20;

/** A UDX stream as the raw connection that libp2p secures and muxes. */
export class UdxConnection extends AbstractMultiaddrConnection {
  readonly #stream: UdxStream;

  constructor(
    stream: UdxStream,
    init: { remote: UdpAddress; peer: string; direction: MessageStreamDirection; log: Logger },
  ) {
    const { remote, peer, direction, log } = init;
    const family = familyOf(remote) === "ipv6" ? "ip6" : "ip4";
    const remoteAddr = multiaddr(`/${family}/${remote.host}/udp/${remote.port}/p2p/${peer}`);
    super({ remoteAddr, direction, log, maxReadBufferLength });
    this.#stream = stream;
    stream.on("data", (data: Buffer) => this.onData(data));
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
