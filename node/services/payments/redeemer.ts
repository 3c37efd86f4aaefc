import type { Logger } from "pino";
import type { Address, Hex } from "viem";
import type { Channel, Voucher } from "../../core/chain/index.ts";
import { batchVouchers } from "../../core/chain/voucher-batch.ts";
import type { HeldVoucher, KeptVoucher } from "./entries.ts";
import type { Ledger } from "./ledger.ts";

/** A channel's exit takes a day of notice, as deployed. */
const checkIntervalMs = 5 * 60_000;
/** A redemption that was seen so long after it was made is not taken back by a reorganisation any more. */
const settledAfterMs = 24 * 60 * 60_000;
/** What RelayPayments counts in: less of it cannot be redeemed. */
const gwei = 10n ** 9n;

export interface RedeemerDeps {
  ledger: Ledger;
  channelOf(payer: Address): Promise<Channel | null>;
  /** What an account of ours could hand vouchers in with. */
  balanceWei(): Promise<bigint>;
  feeWei(vouchers: readonly Voucher[]): Promise<bigint>;
  redeem(vouchers: readonly Voucher[]): Promise<Hex>;
  now: () => number;
  log: Logger;
}

export interface RedeemerConfig {
  /** Null for never, unless a client is leaving. */
  autoRedeemMaxFeePercent: number | null;
}

/** What vouchers are worth on chain, and handing them in where that is worth its fee. */
export interface Redeemer {
  /** Vouchers that pay something now, after a look at their channels; of one client, or of all. */
  redeemable(client?: Hex): Promise<HeldVoucher[]>;
  /** Hands in what is worth its fee, every few minutes, and what its client could soon take back. */
  tick(): void;
  /** At the next tick, for a client is leaving. */
  hurry(): void;
}

export const unredeemedWei = ({ voucher, redeemedWei }: HeldVoucher): bigint => {
  const wholeWei = (voucher.cumulativeWei / gwei) * gwei;
  return wholeWei > redeemedWei ? wholeWei - redeemedWei : 0n;
};

const sum = (held: readonly HeldVoucher[]) => held.reduce((wei, one) => wei + unredeemedWei(one), 0n);

export function createRedeemer(config: RedeemerConfig, deps: RedeemerDeps): Redeemer {
  const { ledger, now, log } = deps;
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let checking = false;

  /** Writes down what the chain says is redeemed: a reorganisation may have taken back what it said before. */
  const note = (one: KeptVoucher, redeemedWei: bigint) => {
    if (redeemedWei !== one.redeemedWei) return ledger.saveRedeemed(one.channel, redeemedWei);
    const { unsettledSinceMs } = one;
    if (unsettledSinceMs !== null && now() - unsettledSinceMs >= settledAfterMs) ledger.settle(one);
  };

  /** With the channels that are open still, and what was redeemed of them by anybody. */
  const look = async (client?: Hex) => {
    const held = ledger.vouchers(client).filter((one) => unredeemedWei(one) > 0n || one.unsettledSinceMs !== null);
    const looked = await Promise.all(
      held.map(async (one) => {
        const channel = await deps.channelOf(one.voucher.payer);
        const isOpen = channel?.id === one.channel;
        note(one, isOpen ? channel.redeemedWei : one.redeemedWei);
        if (!isOpen) return [];
        return [{ held: { ...one, redeemedWei: channel.redeemedWei }, leaving: channel.closableAtMs !== null }];
      }),
    );
    return looked.flat().filter((one) => unredeemedWei(one.held) > 0n);
  };

  const isWorth = (amountWei: bigint, feeWei: bigint, leaving: boolean) => {
    if (leaving) return feeWei < amountWei;
    const { autoRedeemMaxFeePercent } = config;
    if (autoRedeemMaxFeePercent === null) return false;
    // In hundredths of a percent: amounts are integers.
    return feeWei * 10_000n <= amountWei * BigInt(Math.round(autoRedeemMaxFeePercent * 100));
  };

  const redeemWorthwhile = async (held: HeldVoucher[], leaving: boolean) => {
    for (let start = 0; start < held.length; start += batchVouchers) {
      const batch = held.slice(start, start + batchVouchers);
      const vouchers = batch.map(({ voucher }) => voucher);
      const [feeWei, balanceWei] = await Promise.all([deps.feeWei(vouchers), deps.balanceWei()]);
      if (!isWorth(sum(batch), feeWei, leaving)) continue;
      if (balanceWei < feeWei) {
        log.warn({ feeWei: `${feeWei}`, balanceWei: `${balanceWei}` }, "no gas to redeem vouchers with");
        continue;
      }
      const transaction = await deps.redeem(vouchers);
      log.info({ transaction, vouchers: batch.length, amountWei: `${sum(batch)}` }, "vouchers redeemed");
      for (const one of batch) ledger.saveRedeemed(one.channel, one.redeemedWei + unredeemedWei(one));
    }
  };

  const check = async () => {
    const looked = await look();
    const leaving = looked.filter((one) => one.leaving).map(({ held }) => held);
    await redeemWorthwhile(leaving, true);
    // The dearest first, so that a batch of small ones does not keep a large one waiting.
    const staying = looked.filter((one) => !one.leaving).map(({ held }) => held);
    await redeemWorthwhile(
      staying.sort((a, b) => (unredeemedWei(a) < unredeemedWei(b) ? 1 : -1)),
      false,
    );
  };

  return {
    redeemable: async (client) => (await look(client)).map(({ held }) => held),
    hurry() {
      checkedAtMs = Number.NEGATIVE_INFINITY;
    },
    tick() {
      if (checking || now() - checkedAtMs < checkIntervalMs) return;
      checkedAtMs = now();
      checking = true;
      check()
        .catch((error: unknown) => log.warn({ err: error }, "vouchers not redeemed; it is tried again"))
        .finally(() => {
          checking = false;
        });
    },
  };
}
