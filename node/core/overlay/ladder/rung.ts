import type { Connection, PeerId } from "@libp2p/interface";
import type { Hex } from "viem";
import type { ShadowMeshError } from "../../errors.ts";
import type { NodeRecord } from "../../records/index.ts";
import type { Path } from "../../schema.ts";
import type { PeerConnection } from "../peer-connection.ts";

/** A peer that is to be reached. */
export interface Target {
  readonly record: NodeRecord;
  readonly libp2pId: PeerId;
  /** The best connection to it that is open: a better one can be agreed on over it. */
  readonly open: PeerConnection | undefined;
}

/** One thing to try. */
export interface Way {
  /** The multiaddr that is dialled; null where it turns out only on the way. */
  readonly address: string | null;
  /** The relay that it goes through, as far as its ID is known by now. */
  relay(): Hex | null;
  /** Longer than an answer takes; a dead address holds nothing up, since other ways run beside it. */
  readonly timeoutMs: number;
  /**
   * Opens a connection that our handshake secures, whose far end may still prove to be another peer.
   *
   * @throws ShadowMeshError with the reason, or what the network threw
   */
  open(signal: AbortSignal): Promise<Connection>;
}

/** One rung of the reachability ladder: a kind of way to a peer. */
export interface Rung {
  readonly name: Path;
  /** What there is to try for a peer now, best first, or why there is nothing. */
  plan(target: Target): readonly Way[] | ShadowMeshError;
  /** Whether an open connection of this rung is to give way to another one of it. @default never */
  isOutdone?(open: PeerConnection): boolean;
}
