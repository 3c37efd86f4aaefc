// The package brings no types: what of it we use.
declare module "udx-native" {
  import type { EventEmitter } from "node:events";
  import type { Duplex } from "node:stream";

  export interface UdxAddress {
    readonly host: string;
    readonly port: number;
  }

  export interface UdxSocket extends EventEmitter<{ message: [Buffer, UdxAddress]; close: [] }> {
    readonly streams: ReadonlySet<UdxStream>;
    /** Null until it is bound. */
    address(): UdxAddress | null;
    /** @param host @default all, of IPv6 and IPv4. @throws where the address can't be had */
    bind(port: number, host?: string): void;
    /** @throws where the host is no IP address */
    trySend(datagram: Uint8Array, port: number, host: string): void;
    /** Resolves once its streams have closed as well. */
    close(): Promise<void>;
  }

  /** A streamx Duplex: the part of Node's that it has. */
  export interface UdxStream extends Pick<Duplex, "on" | "once" | "write" | "end" | "pause" | "resume" | "destroyed"> {
    readonly id: number;
    readonly packetsReceived: number;
    connect(socket: UdxSocket, remoteId: number, port: number, host: string): void;
    destroy(error?: Error): void;
  }

  export default class UDX {
    createSocket(options?: { ipv6Only?: boolean }): UdxSocket;
    createStream(id: number): UdxStream;
  }
}
