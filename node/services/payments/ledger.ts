import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import { toSqliteError } from "../../core/store/index.ts";
import {
  type ClientEntry,
  type HeldVoucher,
  type KeptVoucher,
  newClient,
  newRelay,
  type RelayEntry,
} from "./entries.ts";
import { paymentsErrors } from "./errors.ts";
import {
  clientColumns,
  fromClientRow,
  fromRelayRow,
  fromVoucherRow,
  relayColumns,
  schema,
  toRow,
  unsettledColumn,
} from "./rows.ts";
import { utcDay } from "./terms.ts";

/** Clients that were never charged are forgotten after so many days: anybody can make up IDs. */
const forgetAfterDays = 30;

/**
 * What is owed, by clients to us and by us to relays. Opened at its first use. Each method has written when it returns:
 * a crash of the process loses nothing, and one of the machine no voucher.
 *
 * @throws DISK_FULL, DATA_FOLDER_UNWRITABLE, LEDGER_CORRUPT
 */
export interface Ledger {
  /** As it is on disk, or a new one. */
  client(peerId: Hex): ClientEntry;
  clients(): ClientEntry[];
  saveClients(entries: Iterable<ClientEntry>): void;
  /** Keeps a channel's voucher in place of the one before, and with it what its client has paid. */
  keepVoucher(held: HeldVoucher, client: ClientEntry): void;
  voucher(channel: Hex): KeptVoucher | null;
  /** What vouchers that were taken on a UTC day paid. */
  vouchedOnWei(day: number): bigint;
  /** The vouchers of a client, or of all; the one taken last is last. */
  vouchers(client?: Hex): KeptVoucher[];
  /** What the chain says now, more or less than before; it is unsettled from now on. */
  saveRedeemed(channel: Hex, redeemedWei: bigint): void;
  /** What is redeemed of a voucher has stood; nothing is done where it was saved anew since the voucher was read. */
  settle(kept: KeptVoucher): void;
  relay(peerId: Hex): RelayEntry;
  relays(): RelayEntry[];
  saveRelays(entries: Iterable<RelayEntry>, options?: { durably: boolean }): void;
  /** For good. */
  close(): void;
}

export function createLedger(path: string, now: () => number): Ledger {
  let opened: DatabaseSync | undefined;
  let closed = false;

  const open = () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(path, { timeout: 5_000 });
    try {
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${schema}`);
      const columns = database.prepare("SELECT name FROM pragma_table_info('vouchers')").all();
      if (!columns.some(({ name }) => name === "unsettled_since_ms")) database.exec(unsettledColumn);
      database.prepare("DELETE FROM clients WHERE charged_wei = '0' AND day < ?").run(utcDay(now()) - forgetAfterDays);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  };

  const using = <T>(use: (database: DatabaseSync) => T): T => {
    if (closed) throw new Error("the ledger is closed");
    try {
      opened ??= open();
      return use(opened);
    } catch (cause) {
      const corrupt = /not a database|malformed/i.test(String(cause));
      if (corrupt) throw new ShadowMeshError(paymentsErrors.LEDGER_CORRUPT, { cause, details: { path } });
      throw toSqliteError(cause, path);
    }
  };

  /** All or nothing; durable also where the machine loses its power. */
  const writing = (durably: boolean, write: (database: DatabaseSync) => void) =>
    using((database) => {
      if (durably) database.exec("PRAGMA synchronous = FULL");
      try {
        database.exec("BEGIN IMMEDIATE");
        write(database);
        database.exec("COMMIT");
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      } finally {
        if (durably) database.exec("PRAGMA synchronous = NORMAL");
      }
    });

  const put = (database: DatabaseSync, table: string, row: Record<string, string | number | null>) => {
    const names = Object.keys(row);
    const values = names.map((name) => `:${name}`);
    database.prepare(`INSERT OR REPLACE INTO ${table} (${names}) VALUES (${values})`).run(row);
  };

  const vouchedOn = (database: DatabaseSync, day: number): bigint => {
    const row = database.prepare("SELECT vouched_wei FROM days WHERE day = ?").get(day);
    return BigInt(String(row?.vouched_wei ?? 0));
  };

  return {
    client: (peerId) =>
      using((database) => {
        const row = database.prepare("SELECT * FROM clients WHERE peer_id = ?").get(peerId);
        return row === undefined ? newClient(peerId) : fromClientRow(row);
      }),
    clients: () => using((database) => database.prepare("SELECT * FROM clients").all().map(fromClientRow)),
    saveClients: (entries) =>
      writing(false, (database) => {
        for (const entry of entries) put(database, "clients", toRow(entry, clientColumns));
      }),
    keepVoucher: ({ channel, client, voucher, redeemedWei }, entry) =>
      writing(true, (database) => {
        const { payer, number, cumulativeWei, r, vs } = voucher;
        const figures = {
          cumulative_wei: `${cumulativeWei}`,
          redeemed_wei: `${redeemedWei}`,
          unsettled_since_ms: now(),
        };
        const before = database.prepare("SELECT paid_wei FROM clients WHERE peer_id = ?").get(entry.peerId);
        const day = utcDay(now());
        const vouchedWei = vouchedOn(database, day) + entry.paidWei - BigInt(String(before?.paid_wei ?? 0));
        put(database, "days", { day, vouched_wei: `${vouchedWei}` });
        put(database, "vouchers", { channel, client, payer, number, ...figures, r, vs });
        put(database, "clients", toRow(entry, clientColumns));
      }),
    voucher: (channel) =>
      using((database) => {
        const row = database.prepare("SELECT * FROM vouchers WHERE channel = ?").get(channel);
        return row === undefined ? null : fromVoucherRow(row);
      }),
    vouchedOnWei: (day) => using((database) => vouchedOn(database, day)),
    vouchers: (client) =>
      using((database) => {
        const all = database.prepare("SELECT * FROM vouchers ORDER BY rowid").all().map(fromVoucherRow);
        return client === undefined ? all : all.filter((held) => held.client === client);
      }),
    saveRedeemed: (channel, redeemedWei) =>
      writing(false, (database) => {
        database
          .prepare("UPDATE vouchers SET redeemed_wei = ?, unsettled_since_ms = ? WHERE channel = ?")
          .run(`${redeemedWei}`, now(), channel);
      }),
    settle: ({ channel, unsettledSinceMs }) =>
      writing(false, (database) => {
        database
          .prepare("UPDATE vouchers SET unsettled_since_ms = NULL WHERE channel = ? AND unsettled_since_ms = ?")
          .run(channel, unsettledSinceMs);
      }),
    relay: (peerId) =>
      using((database) => {
        const row = database.prepare("SELECT * FROM relays WHERE peer_id = ?").get(peerId);
        return row === undefined ? newRelay(peerId) : fromRelayRow(row);
      }),
    relays: () => using((database) => database.prepare("SELECT * FROM relays").all().map(fromRelayRow)),
    saveRelays: (entries, { durably } = { durably: false }) =>
      writing(durably, (database) => {
        for (const entry of entries) put(database, "relays", toRow(entry, relayColumns));
      }),
    close() {
      closed = true;
      opened?.close();
      opened = undefined;
    },
  };
}
