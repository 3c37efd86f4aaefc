import type { Hex } from "viem";
import type { Voucher } from "../../core/chain/index.ts";

/** What a relay keeps of a client; bytes are those of both directions. */
export interface ClientEntry {
  readonly peerId: Hex;
  relayedBytes: number;
  /** Past the free allowance. */
  billableBytes: number;
  chargedWei: bigint;
  paidWei: bigint;
  /** The UTC day that `freeBytes` is of. */
  day: number;
  freeBytes: number;
}

/** The best voucher of a channel that pays us. */
export interface HeldVoucher {
  readonly channel: Hex;
  /** Peer ID of the client that a channel pays for: the first that gave a voucher of it. */
  readonly client: Hex;
  readonly voucher: Voucher;
  /** By our last look at the chain. */
  readonly redeemedWei: bigint;
}

/** As the ledger has it. */
export interface KeptVoucher extends HeldVoucher {
  /**
   * Since when the chain has said what is redeemed; null once that was seen to have stood, and no reorganisation is feared
   * any more.
   */
  readonly unsettledSinceMs: number | null;
}

/** What a payer keeps of a relay. */
export interface RelayEntry {
  readonly peerId: Hex;
  /** For the addresses of circuits; null while the relay was never connected. */
  libp2pId: string | null;
  relayedBytes: number;
  /** What those bytes cost at the price of their time: no relay is paid more. */
  allowedWei: bigint;
  /** What vouchers to it promise, over all channels. */
  signedWei: bigint;
  /** The channel of `cumulativeWei`; null before the first voucher. */
  channel: Hex | null;
  /** What the last voucher of that channel promises. */
  cumulativeWei: bigint;
  /** Bills that were lies. */
  lies: number;
  lastLieAtMs: number | null;
}

export const newClient = (peerId: Hex): ClientEntry => ({
  peerId,
  relayedBytes: 0,
  billableBytes: 0,
  chargedWei: 0n,
  paidWei: 0n,
  day: 0,
  freeBytes: 0,
});

export const newRelay = (peerId: Hex): RelayEntry => ({
  peerId,
  libp2pId: null,
  relayedBytes: 0,
  allowedWei: 0n,
  signedWei: 0n,
  channel: null,
  cumulativeWei: 0n,
  lies: 0,
  lastLieAtMs: null,
});
