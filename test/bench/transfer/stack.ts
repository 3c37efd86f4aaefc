/** `libp2p` is js-libp2p, `proxy` and `tls` are Node's own sockets. */
export type StackName = "ours" | "libp2p" | "proxy" | "tls";

/** A way for bytes between two processes, as the benches drive it. */
export interface Pipe {
  /** Whether more is welcome now; else after `drained`. */
  write(chunk: Uint8Array): boolean;
  drained(): Promise<unknown>;
  onBytes(listener: (length: number) => void): void;
}

/** One way to move bytes; each of its three parts runs in a process of its own. */
export interface Stack {
  /** Starts to pass others' bytes; returns what a receiver needs to be reached through it. */
  relay(): Promise<string>;
  /** Starts a node that waits for senders, at a relay or to be dialled; returns what a sender needs. */
  receive(relay: string | undefined, serve: (pipe: Pipe) => void): Promise<string>;
  /** Starts a node that holds a reservation at a relay and is parked there; only ours parks. */
  park?(relay: string): Promise<void>;
  /** Starts a node that is connected to a receiver; returns what opens pipes on that connection. */
  dial(receiver: string): Promise<() => Promise<Pipe>>;
}

export type Role = "relay" | "receiver" | "sender" | "clients";

/** What end.ts is started with. */
export interface EndArguments {
  stack: StackName;
  role: Role;
  /** Of one transfer; a multiple of `chunkBytes`. */
  bytes: number;
  /** The relay's for those behind one, the receiver's for a sender. */
  address?: string | undefined;
}

/** What end.ts is asked while it runs: a sender to send, a relay for its memory, clients to become more. */
export type Question =
  | "send"
  | "memory"
  | { receivers: number }
  | { parked: number }
  | { diallers: number }
  | { pipesEach: number };

export interface Answer {
  address?: string;
  elapsedMs?: number;
  rssBytes?: number;
}

/** What is written at a time: as much as the throughput service writes. */
export const chunkBytes = 64 * 1024;
