import type { Logger } from "pino";
import type { Hex } from "viem";
import { createBackoff } from "../../core/backoff.ts";
import type { Voucher } from "../../core/chain/index.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { type Meter, overlayErrors } from "../../core/overlay/index.ts";
import { storeErrors } from "../../core/store/index.ts";
import type { ClientEntry } from "./entries.ts";
import type { Ledger } from "./ledger.ts";
import type { Answer, Bill } from "./protocol.ts";
import { askBytes, graceBytes, heldTimeoutMs, saveBytes, utcDay, worthWei } from "./terms.ts";
import type { Till } from "./till.ts";

/** Bytes are turned into coins in steps, since a relay counts some 10,000 chunks a second. */
const chargeBytes = 2 ** 20;
/** A client that sends nothing is forgotten here, and read from the ledger when it comes again; with it, what it owes. */
const idleMs = 10 * 60_000;

export interface CollectorDeps {
  ledger: Ledger;
  till: Till;
  /** Null where relaying costs nothing, or the price is not known yet. */
  pricePerGiBWei(): bigint | null;
  /** Whether vouchers can be checked: nobody is held back for what is wrong with us. */
  mayHold(): boolean;
  /** Shows a client its bill; null where it is not connected directly. */
  present(client: Hex, bill: Bill): Promise<Answer | null>;
  /** Ends what passes for a client. */
  end(client: Hex): void;
  now: () => number;
  log: Logger;
}

const cannotWrite = (error: unknown) =>
  [storeErrors.DISK_FULL, storeErrors.DATA_FOLDER_UNWRITABLE].some((definition) =>
    ShadowMeshError.is(error, definition),
  );

/** The relay's side: counts, charges past the free allowance, asks for vouchers, and holds back who does not pay. */
export interface Collector {
  readonly meter: Meter;
  /** Whether a client may have more relayed; one that owes too much is asked first. */
  settle(client: Hex): Promise<boolean>;
  /**
   * Whether a client has a channel to us, which it proves by its first voucher: who has given none is asked for the least
   * one. A channel costs what an ID does not.
   */
  vouches(client: Hex): Promise<boolean>;
  /** What is due each second: asks again, ends what was held back for too long, writes what has changed. */
  tick(): void;
  /** Writes what has changed; where that fails it is tried again at the next tick. */
  save(): void;
  /** Clients that owe, or sent something in the last minutes. */
  readonly active: boolean;
}

interface Account {
  readonly entry: ClientEntry;
  /** Billable, and not yet part of what is charged. */
  unchargedBytes: number;
  changed: boolean;
  usedAtMs: number;
  held: { sinceMs: number; promise: Promise<void>; release(): void; end(error: Error): void; ended: boolean } | null;
  asking: Promise<void> | null;
  askAgainAtMs: number;
  readonly backoff: ReturnType<typeof createBackoff>;
}

export function createCollector(config: { freeBytesPerDay: number }, deps: CollectorDeps): Collector {
  const { ledger, till, now, log } = deps;
  const accounts = new Map<Hex, Account>();
  let unsavedBytes = 0;
  /** Until the next write succeeds: what a client would pay could not be kept. */
  let unwritable = false;

  const open = (client: Hex): Account => {
    const known = accounts.get(client);
    if (known !== undefined) return known;
    const account: Account = {
      entry: ledger.client(client),
      unchargedBytes: 0,
      changed: false,
      usedAtMs: now(),
      held: null,
      asking: null,
      askAgainAtMs: 0,
      backoff: createBackoff({ minMs: 1_000, maxMs: 10_000 }),
    };
    accounts.set(client, account);
    return account;
  };

  const owedWei = ({ entry }: Account) => entry.chargedWei - entry.paidWei;
  const price = () => deps.pricePerGiBWei() ?? 0n;
  const owesMoreThan = (account: Account, bytes: number) => price() > 0n && owedWei(account) > worthWei(bytes, price());
  const mayHold = () => !unwritable && deps.mayHold() && price() > 0n;

  const freeLeft = ({ entry }: Account) => {
    const today = utcDay(now());
    if (entry.day !== today) Object.assign(entry, { day: today, freeBytes: 0 });
    return Math.max(0, config.freeBytesPerDay - entry.freeBytes);
  };

  const charge = (account: Account) => {
    account.entry.chargedWei += worthWei(account.unchargedBytes, price());
    account.unchargedBytes = 0;
    if (owesMoreThan(account, askBytes)) ask(account);
  };

  const release = (account: Account) => {
    if (account.held === null || owesMoreThan(account, graceBytes)) return;
    account.held.release();
    account.held = null;
  };

  const hold = (account: Account): Promise<void> | undefined => {
    if (!mayHold() || !owesMoreThan(account, graceBytes)) {
      release(account);
      return undefined;
    }
    if (account.held === null) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      // Who waits for it hears of its end; nobody may.
      promise.catch(() => undefined);
      account.held = { sinceMs: now(), promise, release: resolve, end: reject, ended: false };
    }
    return account.held.promise;
  };

  const ask = (account: Account): Promise<void> => {
    if (account.asking !== null) return account.asking;
    if (now() < account.askAgainAtMs) return Promise.resolve();
    account.asking = demand(account)
      .catch((error: unknown) => log.debug({ err: error, client: account.entry.peerId }, "the client was not asked"))
      .finally(() => {
        account.asking = null;
      });
    return account.asking;
  };

  const demand = async (account: Account) => {
    const { peerId } = account.entry;
    const paidBefore = account.entry.paidWei;
    try {
      const bill = {
        pricePerGiBWei: price(),
        billableBytes: account.entry.billableBytes,
        dueWei: owedWei(account),
        voucher: till.best(peerId),
      };
      const answer = await deps.present(peerId, bill);
      if (answer?.refusal) log.info({ client: peerId, refusal: answer.refusal }, "the client does not pay all");
      if (answer?.voucher) await accept(account, answer.voucher);
    } finally {
      const paid = account.entry.paidWei > paidBefore;
      if (paid) account.backoff.reset();
      account.askAgainAtMs = paid ? 0 : now() + account.backoff.next();
    }
  };

  const accept = async (account: Account, voucher: Voucher) => {
    try {
      await till.take(account.entry, voucher);
      release(account);
    } catch (error) {
      if (cannotWrite(error)) {
        unwritable = true;
        account.changed = true;
      }
      log.warn({ err: error, client: account.entry.peerId }, "voucher not taken");
    }
  };

  const write = () => {
    const changed = [...accounts.values()].filter((account) => account.changed);
    for (const account of changed) charge(account);
    if (changed.length === 0) return;
    ledger.saveClients(changed.map(({ entry }) => entry));
    unwritable = false;
    for (const account of changed) account.changed = false;
    unsavedBytes = 0;
  };

  const save = () => {
    try {
      write();
    } catch (error) {
      unwritable = true;
      log.error({ err: error }, "what clients owe was not written; it is tried again");
    }
  };

  const end = (account: Account) => {
    const { held, entry } = account;
    if (held === null || held.ended || now() - held.sinceMs < heldTimeoutMs) return;
    held.ended = true;
    held.end(new ShadowMeshError(overlayErrors.PAYMENT_REQUIRED, { details: { client: entry.peerId } }));
    deps.end(entry.peerId);
    log.warn({ client: entry.peerId, owedWei: `${owedWei(account)}` }, "ended what passes for a client that owes");
  };

  return {
    get active() {
      return [...accounts.values()].some((account) => account.changed || account.held !== null);
    },
    meter(client, bytes) {
      let account: Account;
      try {
        account = open(client);
      } catch (error) {
        // A ledger that cannot be read stops payments, and nothing else.
        log.error({ err: error }, "bytes relayed but not counted");
        return undefined;
      }
      const { entry } = account;
      const free = Math.min(bytes, freeLeft(account));
      entry.relayedBytes += bytes;
      entry.freeBytes += free;
      account.changed = true;
      account.usedAtMs = now();
      unsavedBytes += bytes;
      if (unsavedBytes >= saveBytes) {
        unsavedBytes = 0;
        save();
      }
      const billable = bytes - free;
      if (billable === 0 || price() === 0n) return undefined;
      entry.billableBytes += billable;
      account.unchargedBytes += billable;
      if (account.unchargedBytes >= chargeBytes || account.held !== null) charge(account);
      return hold(account);
    },
    async settle(client) {
      let account: Account;
      try {
        account = open(client);
      } catch {
        return true;
      }
      const owes = () => mayHold() && freeLeft(account) === 0 && owesMoreThan(account, graceBytes);
      if (owes()) await ask(account);
      return !owes();
    },
    async vouches(client) {
      try {
        if (till.best(client) !== null) return true;
        if (price() === 0n) return false;
        const bill = { pricePerGiBWei: price(), billableBytes: 0, dueWei: 1n, voucher: null };
        const answer = await deps.present(client, bill);
        if (!answer?.voucher) return false;
        await till.take(accounts.get(client)?.entry ?? ledger.client(client), answer.voucher);
        return true;
      } catch (error) {
        log.debug({ err: error, client }, "the client has not vouched");
        return false;
      }
    },
    tick() {
      for (const account of accounts.values()) {
        if (owesMoreThan(account, askBytes)) void ask(account);
        if (account.held !== null && !mayHold()) {
          account.held.release();
          account.held = null;
        }
        end(account);
        const waits = account.held !== null && !account.held.ended;
        const idle = now() - account.usedAtMs > idleMs && !waits && account.asking === null;
        if (idle && !account.changed) accounts.delete(account.entry.peerId);
      }
      save();
    },
    save,
  };
}
