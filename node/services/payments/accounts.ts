import { type Address, type Hex, isAddressEqual } from "viem";
import { type Chain, requirePayments, toChainError } from "../../core/chain/index.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import type { Identity } from "../../core/identity/index.ts";
import type { Earnings, PaidChannels, RedeemableVoucher } from "./api.ts";
import type { ReadChannel } from "./channels.ts";
import type { Collector } from "./collector.ts";
import type { ClientEntry, HeldVoucher, RelayEntry } from "./entries.ts";
import { paymentsErrors } from "./errors.ts";
import type { Ledger } from "./ledger.ts";
import type { Payer } from "./payer.ts";
import type { Price } from "./price.ts";
import { type Redeemer, unredeemedWei } from "./redeemer.ts";
import { utcDay } from "./terms.ts";

export interface AccountsDeps {
  identity: Pick<Identity, "peerId" | "sessionAccount" | "nodeAccount">;
  account(): Address | null;
  chain: Pick<Chain, "payments" | "state" | "requireConnected">;
  channelOf: ReadChannel;
  price: Price;
  ledger: Ledger;
  collector: Pick<Collector, "save">;
  payer: Pick<Payer, "tick" | "relays" | "note">;
  redeemer: Pick<Redeemer, "redeemable">;
  now: () => number;
}

interface AccountsConfig {
  freeBytesPerDay: number;
  autoRedeemMaxFeePercent: number | null;
}

/** How far a channel is used up. */
export interface ChannelFunds {
  /** Whether we pay from it, or a client of ours does. */
  readonly side: "ours" | "client";
  /** At its other end. */
  readonly peerId: Hex;
  readonly number: number;
  readonly depositedWei: bigint;
  /** What vouchers promise of it. */
  readonly promisedWei: bigint;
}

/** The books as the owner sees them. */
export interface PaymentAccounts {
  earnings(): Promise<Earnings>;
  /** Vouchers that pay something now, of one client or of all. @throws CLIENT_UNKNOWN, CHAIN_UNREACHABLE */
  vouchers(client?: Hex): Promise<RedeemableVoucher[]>;
  /** The relays that we pay, and the channels to them. */
  channels(): Promise<PaidChannels>;
  /** The open channels that we pay from, and those that pay us. */
  funds(): Promise<ChannelFunds[]>;
  /** Lists a relay among them from now on. */
  note(relay: Hex): void;
  /** By the contract; null while it is not known, or there is none. */
  pricePerGiBWei(): Promise<bigint | null>;
}

/** It changes by governance alone. */
const priceAgeMs = 60_000;

export function createAccounts(config: AccountsConfig, deps: AccountsDeps): PaymentAccounts {
  const { chain, identity, ledger, price } = deps;

  /** What redeeming all would cost, where anything can be redeemed and the chain answers. */
  const feeWei = async (held: readonly HeldVoucher[]) => {
    if (held.length === 0) return null;
    const vouchers = held.map(({ voucher }) => voucher);
    const fee = requirePayments(chain).redemptionFeeWei(identity.nodeAccount.address, identity.peerId, vouchers);
    return fee.then(String, () => null);
  };

  const channelOf = async (payer: Address | null, entry: RelayEntry) => {
    const away = chain.payments === null || payer === null;
    const channel = away ? null : await deps.channelOf(payer, entry.peerId, { fresh: true }).catch(() => null);
    return {
      relay: entry.peerId,
      relayedBytes: entry.relayedBytes,
      lies: entry.lies,
      channel: channel && {
        number: channel.number,
        ours: isAddressEqual(channel.sessionKey, identity.sessionAccount.address),
        depositedWei: `${channel.depositedWei}`,
        promisedWei: `${entry.channel === channel.id ? entry.cumulativeWei : channel.redeemedWei}`,
        redeemedWei: `${channel.redeemedWei}`,
        closableAtMs: channel.closableAtMs,
      },
    };
  };

  const channels = async (): Promise<PaidChannels> => {
    deps.payer.tick();
    const payer = deps.account();
    return {
      payer,
      sessionKey: identity.sessionAccount.address,
      relays: await Promise.all(deps.payer.relays().map((entry) => channelOf(payer, entry))),
    };
  };

  const ownFunds = async () =>
    (await channels()).relays.flatMap(({ relay, channel }): ChannelFunds[] => {
      if (channel === null || !channel.ours) return [];
      const { number, depositedWei, promisedWei } = channel;
      const wei = { depositedWei: BigInt(depositedWei), promisedWei: BigInt(promisedWei) };
      return [{ side: "ours", peerId: relay, number, ...wei }];
    });

  const clientFunds = async ({ channel, client, voucher }: HeldVoucher): Promise<ChannelFunds[]> => {
    const found = await deps.channelOf(voucher.payer, identity.peerId, { fresh: false });
    // Another one, or none, is open by now.
    if (found?.id !== channel) return [];
    const { depositedWei, number } = found;
    return [{ side: "client", peerId: client, number, depositedWei, promisedWei: voucher.cumulativeWei }];
  };

  return {
    async earnings() {
      deps.collector.save();
      const payable = chain.payments !== null && chain.state === "connected";
      if (payable) await price.refresh();
      const redeemable = payable ? await deps.redeemer.redeemable().catch(() => []) : [];
      const all = ledger.vouchers();
      const clients = ledger.clients().map((entry) => toEarnings(entry, all, redeemable));
      return {
        pricePerGiBWei: price.current === null ? null : `${price.current}`,
        freeBytesPerDay: config.freeBytesPerDay,
        autoRedeemMaxFeePercent: config.autoRedeemMaxFeePercent,
        clients: clients.sort((a, b) => b.relayedBytes - a.relayedBytes),
        total: totalOf(clients),
        vouchedTodayWei: `${ledger.vouchedOnWei(utcDay(deps.now()))}`,
        redeemFeeWei: await feeWei(redeemable),
      };
    },
    async vouchers(client) {
      requirePayments(chain);
      chain.requireConnected();
      const held = await deps.redeemer.redeemable(client).catch((cause: unknown) => {
        throw toChainError(cause);
      });
      if (client !== undefined && held.length === 0) {
        throw new ShadowMeshError(paymentsErrors.CLIENT_UNKNOWN, { details: { client } });
      }
      return held.map((one) => ({
        ...one.voucher,
        client: one.client,
        cumulativeWei: `${one.voucher.cumulativeWei}`,
        unredeemedWei: `${unredeemedWei(one)}`,
      }));
    },
    channels,
    async funds() {
      const clients = await Promise.all(ledger.vouchers().map(clientFunds));
      return [...(await ownFunds()), ...clients.flat()];
    },
    note: deps.payer.note,
    async pricePerGiBWei() {
      if (chain.payments !== null && chain.state === "connected") await price.refreshAfter(priceAgeMs);
      return price.current;
    },
  };
}

type ClientEarnings = Earnings["clients"][number];

function toEarnings(
  entry: ClientEntry,
  all: readonly HeldVoucher[],
  redeemable: readonly HeldVoucher[],
): ClientEarnings {
  const isOurs = ({ client }: HeldVoucher) => client === entry.peerId;
  const sum = (held: readonly HeldVoucher[], wei: (one: HeldVoucher) => bigint) =>
    `${held.filter(isOurs).reduce((total, one) => total + wei(one), 0n)}`;
  return {
    client: entry.peerId,
    relayedBytes: entry.relayedBytes,
    billableBytes: entry.billableBytes,
    chargedWei: `${entry.chargedWei}`,
    vouchedWei: `${entry.paidWei}`,
    redeemedWei: sum(all, ({ redeemedWei }) => redeemedWei),
    redeemableWei: sum(redeemable, unredeemedWei),
  };
}

function totalOf(clients: readonly ClientEarnings[]): Earnings["total"] {
  const bytes = (name: "relayedBytes" | "billableBytes") => clients.reduce((sum, client) => sum + client[name], 0);
  const wei = (name: "chargedWei" | "vouchedWei" | "redeemedWei" | "redeemableWei") =>
    `${clients.reduce((sum, client) => sum + BigInt(client[name]), 0n)}`;
  return {
    relayedBytes: bytes("relayedBytes"),
    billableBytes: bytes("billableBytes"),
    chargedWei: wei("chargedWei"),
    vouchedWei: wei("vouchedWei"),
    redeemedWei: wei("redeemedWei"),
    redeemableWei: wei("redeemableWei"),
  };
}
