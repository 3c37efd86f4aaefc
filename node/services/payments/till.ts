import type { Logger } from "pino";
import { type Address, type Hex, isAddressEqual } from "viem";
import { type Channel, channelId, type Voucher, type VoucherDomain, voucherSigner } from "../../core/chain/index.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import type { ClientEntry, HeldVoucher } from "./entries.ts";
import { paymentsErrors } from "./errors.ts";
import type { Ledger } from "./ledger.ts";

/** A voucher is worth nothing once its channel is closed, so time to redeem it has to be left. */
const redeemTimeMs = 10 * 60_000;

export interface TillDeps {
  self: Hex;
  domain(): VoucherDomain;
  /** The payer's open channel to us, as the chain has it now or had it seconds ago; `fresh` asks it anew. */
  channelOf(payer: Address, options: { fresh: boolean }): Promise<Channel | null>;
  ledger: Ledger;
  /** Told of a channel that its payer is leaving. */
  onExit(client: Hex): void;
  now: () => number;
  log: Logger;
}

/** Where vouchers are checked against the chain and kept. */
export interface Till {
  /**
   * Checks a client's voucher and, once it is kept durably, counts what it pays beyond the one before as paid.
   *
   * @throws VOUCHER_REFUSED, and what the ledger throws
   */
  take(entry: ClientEntry, voucher: Voucher): Promise<void>;
  /** The voucher that a client's next one has to exceed. */
  best(client: Hex): Voucher | null;
}

export function createTill(deps: TillDeps): Till {
  const { self, ledger } = deps;

  const channelFor = async (voucher: Voucher) => {
    const id = channelId(voucher.payer, self, voucher.number);
    const suffices = (channel: Channel | null): channel is Channel =>
      channel?.id === id && channel.depositedWei >= voucher.cumulativeWei;
    const known = await deps.channelOf(voucher.payer, { fresh: false });
    const channel = suffices(known) ? known : await deps.channelOf(voucher.payer, { fresh: true });
    if (channel?.id !== id) throw refused("the chain knows no such open channel");
    if (!suffices(channel)) throw refused("it promises more than the channel holds");
    return channel;
  };

  return {
    best(client) {
      // The last one taken: a client pays from one channel at a time.
      return ledger.vouchers(client).at(-1)?.voucher ?? null;
    },
    async take(entry, voucher) {
      const channel = await channelFor(voucher);
      const signer = await voucherSigner(deps.domain(), self, voucher);
      if (signer === null || !isAddressEqual(signer, channel.sessionKey)) {
        throw refused("it is not signed by the channel's session key");
      }
      const { closableAtMs } = channel;
      if (closableAtMs !== null && closableAtMs - deps.now() < redeemTimeMs) {
        throw refused("its channel may be closed before it could be redeemed");
      }
      const before = ledger.voucher(channel.id);
      // Whoever sees a redemption on chain has the voucher too: it pays for the client that gave it first.
      if (before !== null && before.client !== entry.peerId) throw refused("it pays for another client");
      const counted = before?.voucher.cumulativeWei ?? channel.redeemedWei;
      if (voucher.cumulativeWei <= counted) throw refused("it promises no more than what was counted before");
      const held: HeldVoucher = {
        channel: channel.id,
        client: entry.peerId,
        voucher,
        redeemedWei: channel.redeemedWei,
      };
      const paidWei = entry.paidWei + voucher.cumulativeWei - counted;
      ledger.keepVoucher(held, { ...entry, paidWei });
      entry.paidWei = paidWei;
      deps.log.debug({ client: entry.peerId, cumulativeWei: `${voucher.cumulativeWei}` }, "voucher taken");
      if (closableAtMs !== null) deps.onExit(entry.peerId);
    },
  };
}

function refused(reason: string): ShadowMeshError {
  return new ShadowMeshError(paymentsErrors.VOUCHER_REFUSED, { details: { reason } });
}
