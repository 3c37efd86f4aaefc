import type { Logger } from "pino";
import { type Address, type Hex, isAddressEqual, type LocalAccount } from "viem";
import { type Channel, signVoucher, type Voucher, type VoucherDomain, voucherSigner } from "../../core/chain/index.ts";
import type { RelayedTraffic } from "../../core/overlay/index.ts";
import type { RelayEntry } from "./entries.ts";
import type { Ledger } from "./ledger.ts";
import type { Answer, Bill, Refusal } from "./protocol.ts";
import { avoidMs, toleratedBytes, toleratedPercent, worthWei } from "./terms.ts";

export interface PayerDeps {
  /** Signs vouchers; channels that name another key are another node's. */
  session: LocalAccount;
  traffic: Pick<RelayedTraffic, "bytesThrough" | "relays">;
  ledger: Ledger;
  domain(): VoucherDomain;
  /** Whose channels we pay from; null while we are not registered. */
  account(): Address | null;
  channelOf(payer: Address, relay: Hex, options: { fresh: boolean }): Promise<Channel | null>;
  /** The contract's price now; `highest` is that of the last minutes, since a relay may have read it before a change. */
  price: { readonly current: bigint | null; readonly highest: bigint | null; refresh(): Promise<void> };
  /** A relay has lied: from now on it is avoided. */
  onAvoided(): void;
  now: () => number;
  log: Logger;
}

export interface PayerConfig {
  /** Null for whatever the contract says. */
  maxPricePerGiBWei: bigint | null;
}

/** The client's side: counts what passes through relays for us, and signs for that much and no more. */
export interface Payer {
  /** Answers a relay's bill, one after the other: two vouchers at once would be signed for one debt. */
  answer(relay: { peerId: Hex; libp2pId: string }, bill: Bill): Promise<Answer>;
  /** Takes up what the overlay has counted, at the price of now, and writes it where it has changed. */
  tick(): void;
  /** A relay, by either of its IDs, that lied within a day. */
  avoids(id: string): boolean;
  /** Keeps a relay in the list of those with channels. */
  note(relay: Hex): void;
  relays(): RelayEntry[];
}

export function createPayer(config: PayerConfig, deps: PayerDeps): Payer {
  const { ledger, log, now } = deps;
  const entries = new Map<Hex, RelayEntry>();
  /** What of the overlay's counts is part of the entries. */
  const taken = new Map<Hex, number>();
  const changed = new Set<RelayEntry>();
  let answering: Promise<unknown> = Promise.resolve();
  let loaded = false;

  const load = () => {
    if (loaded) return;
    for (const entry of ledger.relays()) entries.set(entry.peerId, entry);
    loaded = true;
  };

  const open = (relay: Hex): RelayEntry => {
    load();
    const entry = entries.get(relay) ?? ledger.relay(relay);
    entries.set(relay, entry);
    return entry;
  };

  const takeUp = (relay: Hex): RelayEntry => {
    const entry = open(relay);
    const counted = deps.traffic.bytesThrough(relay);
    const bytes = counted - (taken.get(relay) ?? 0);
    if (bytes > 0) {
      entry.relayedBytes += bytes;
      entry.allowedWei += worthWei(bytes, deps.price.current ?? 0n);
      taken.set(relay, counted);
      changed.add(entry);
    }
    return entry;
  };

  const save = (durably: boolean, entry?: RelayEntry) => {
    if (entry !== undefined) changed.add(entry);
    if (changed.size === 0) return;
    ledger.saveRelays(changed, { durably });
    changed.clear();
  };

  const lied = (entry: RelayEntry, refusal: Refusal, bill: Bill) => {
    const isAvoided = entry.lastLieAtMs !== null && now() - entry.lastLieAtMs < avoidMs;
    entry.lies++;
    entry.lastLieAtMs = now();
    changed.add(entry);
    const { billableBytes, dueWei } = bill;
    const counted = { relayedBytes: entry.relayedBytes, allowedWei: `${entry.allowedWei}` };
    log.warn(
      { relay: entry.peerId, refusal, billableBytes, dueWei: `${dueWei}`, ...counted },
      "a relay's bill is a lie",
    );
    if (!isAvoided) deps.onAvoided();
  };

  /** The figure of the relay's voucher where we gave it; null where it is not ours to begin with. */
  const provedFigure = async (voucher: Voucher, relay: Hex) => {
    const signer = await voucherSigner(deps.domain(), relay, voucher);
    return signer !== null && isAddressEqual(signer, deps.session.address) ? voucher.cumulativeWei : null;
  };

  /** Takes over what is proved to have been signed and is not in our ledger: it was lost, or is of an earlier life. */
  const adopt = (entry: RelayEntry, figureWei: bigint) => {
    if (figureWei <= entry.cumulativeWei) return;
    entry.signedWei += figureWei - entry.cumulativeWei;
    entry.allowedWei += figureWei - entry.cumulativeWei;
    entry.cumulativeWei = figureWei;
    changed.add(entry);
  };

  const overPriced = async ({ pricePerGiBWei }: Bill) => {
    const { maxPricePerGiBWei } = config;
    if (maxPricePerGiBWei !== null && pricePerGiBWei > maxPricePerGiBWei) return true;
    if (pricePerGiBWei > (deps.price.highest ?? 0n)) await deps.price.refresh();
    return pricePerGiBWei > (deps.price.highest ?? 0n);
  };

  const answer: Payer["answer"] = async ({ peerId, libp2pId }, bill) => {
    const refuse = (refusal: Refusal): Answer => ({ voucher: null, refusal });
    const payer = deps.account();
    if (payer === null) return refuse("NO_CHANNEL");
    if (deps.price.current === null) await deps.price.refresh();
    const entry = takeUp(peerId);
    entry.libp2pId = libp2pId;
    if (await overPriced(bill)) return refuse("PRICE_TOO_HIGH");

    let channel = await deps.channelOf(payer, peerId, { fresh: false });
    const figureWei = (bill.voucher?.cumulativeWei ?? channel?.redeemedWei ?? 0n) + bill.dueWei;
    if (channel === null || figureWei > channel.depositedWei) {
      // It may have been opened, or added to, just now.
      channel = await deps.channelOf(payer, peerId, { fresh: true });
    }
    if (channel === null || !isAddressEqual(channel.sessionKey, deps.session.address)) return refuse("NO_CHANNEL");

    if (entry.channel !== channel.id) Object.assign(entry, { channel: channel.id, cumulativeWei: 0n });
    // What was redeemed was signed by our key.
    adopt(entry, channel.redeemedWei);
    let baseWei = channel.redeemedWei;
    if (bill.voucher !== null && isAddressEqual(bill.voucher.payer, payer) && bill.voucher.number === channel.number) {
      const figure = await provedFigure(bill.voucher, peerId);
      if (figure === null) {
        lied(entry, "BILL_INVALID", bill);
        save(false);
        return refuse("BILL_INVALID");
      }
      adopt(entry, figure);
      if (figure > baseWei) baseWei = figure;
    }
    return pay(entry, bill, channel, baseWei);
  };

  const pay = async (entry: RelayEntry, bill: Bill, channel: Channel, baseWei: bigint): Promise<Answer> => {
    let refusal: Refusal | null = null;
    let figureWei = baseWei + bill.dueWei;
    const unsignedWei = figureWei - entry.cumulativeWei;
    const tolerated =
      (entry.allowedWei * (100n + toleratedPercent)) / 100n + worthWei(toleratedBytes, deps.price.highest ?? 0n);
    if (unsignedWei > 0n && entry.signedWei + unsignedWei > tolerated) {
      // What did pass is paid all the same.
      const honestWei = entry.allowedWei > entry.signedWei ? entry.allowedWei - entry.signedWei : 0n;
      figureWei = entry.cumulativeWei + honestWei;
      refusal = "BILL_TOO_HIGH";
      lied(entry, refusal, bill);
    }
    if (figureWei > channel.depositedWei) {
      figureWei = channel.depositedWei;
      refusal ??= "CHANNEL_EXHAUSTED";
    }
    // Never less than was signed before: the relay may have lost that one, and it costs nothing to give it again.
    if (figureWei < entry.cumulativeWei) figureWei = entry.cumulativeWei;
    entry.signedWei += figureWei - entry.cumulativeWei;
    entry.cumulativeWei = figureWei;
    // Before it leaves the house: after a crash the same debt must not be signed for twice.
    save(true, entry);
    if (figureWei <= baseWei) return { voucher: null, refusal };
    const signed = { peerId: entry.peerId, payer: channel.payer, number: channel.number };
    return { voucher: await signVoucher(deps.session, deps.domain(), signed, figureWei), refusal };
  };

  return {
    answer(relay, bill) {
      const next = answering
        .then(() => answer(relay, bill))
        .catch((error: unknown): Answer => {
          log.warn({ err: error, relay: relay.peerId }, "a bill was not paid");
          return { voucher: null, refusal: "PAYER_UNREADY" };
        });
      answering = next;
      return next;
    },
    tick() {
      try {
        for (const relay of deps.traffic.relays()) takeUp(relay);
        save(false);
      } catch (error) {
        log.error({ err: error }, "what relays passed for us was not written; it is tried again");
      }
    },
    avoids(id) {
      try {
        load();
      } catch {
        return false;
      }
      for (const { peerId, libp2pId, lastLieAtMs } of entries.values()) {
        if ((peerId === id || libp2pId === id) && lastLieAtMs !== null && now() - lastLieAtMs < avoidMs) return true;
      }
      return false;
    },
    note(relay) {
      save(true, open(relay));
    },
    relays() {
      load();
      return [...entries.values()].map((entry) => ({ ...entry }));
    },
  };
}
