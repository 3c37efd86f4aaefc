import type { Address, Hex } from "viem";
import type { ClientEntry, KeptVoucher, RelayEntry } from "./entries.ts";

/** Amounts are text: SQLite's integers have 64 bits. */
export const schema = `
CREATE TABLE IF NOT EXISTS clients (
  peer_id TEXT PRIMARY KEY, relayed_bytes INTEGER NOT NULL, billable_bytes INTEGER NOT NULL,
  charged_wei TEXT NOT NULL, paid_wei TEXT NOT NULL, day INTEGER NOT NULL, free_bytes INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS vouchers (
  channel TEXT PRIMARY KEY, client TEXT NOT NULL, payer TEXT NOT NULL, number INTEGER NOT NULL,
  cumulative_wei TEXT NOT NULL, redeemed_wei TEXT NOT NULL, r TEXT NOT NULL, vs TEXT NOT NULL,
  unsettled_since_ms INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS relays (
  peer_id TEXT PRIMARY KEY, libp2p_id TEXT, relayed_bytes INTEGER NOT NULL, allowed_wei TEXT NOT NULL,
  signed_wei TEXT NOT NULL, channel TEXT, cumulative_wei TEXT NOT NULL, lies INTEGER NOT NULL, last_lie_at_ms INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS days (day INTEGER PRIMARY KEY, vouched_wei TEXT NOT NULL) STRICT;`;

/** For ledgers from before there was the column: what was redeemed by then is looked at once more. */
export const unsettledColumn = "ALTER TABLE vouchers ADD COLUMN unsettled_since_ms INTEGER DEFAULT 0";

export const clientColumns = {
  peerId: "peer_id",
  relayedBytes: "relayed_bytes",
  billableBytes: "billable_bytes",
  chargedWei: "charged_wei",
  paidWei: "paid_wei",
  day: "day",
  freeBytes: "free_bytes",
} as const satisfies Record<keyof ClientEntry, string>;

export const relayColumns = {
  peerId: "peer_id",
  libp2pId: "libp2p_id",
  relayedBytes: "relayed_bytes",
  allowedWei: "allowed_wei",
  signedWei: "signed_wei",
  channel: "channel",
  cumulativeWei: "cumulative_wei",
  lies: "lies",
  lastLieAtMs: "last_lie_at_ms",
} as const satisfies Record<keyof RelayEntry, string>;

type Value = string | number | bigint | null;

export function toRow<T extends object>(
  entry: T,
  columns: Readonly<Record<keyof T & string, string>>,
): Record<string, string | number | null> {
  const fields = Object.entries(columns) as [keyof T & string, string][];
  return Object.fromEntries(
    fields.map(([field, column]) => {
      const value = entry[field] as Value;
      return [column, typeof value === "bigint" ? `${value}` : value];
    }),
  );
}

function fromRow<T extends object>(row: object, columns: Readonly<Record<keyof T & string, string>>): T {
  const values = row as Record<string, Value>;
  const fields = Object.entries<string>(columns).map(([field, column]) => {
    const value = values[column] ?? null;
    return [field, column.endsWith("_wei") ? BigInt(value ?? 0) : value];
  });
  return Object.fromEntries(fields) as T;
}

export const fromClientRow = (row: object): ClientEntry => fromRow<ClientEntry>(row, clientColumns);
export const fromRelayRow = (row: object): RelayEntry => fromRow<RelayEntry>(row, relayColumns);

export function fromVoucherRow(row: object): KeptVoucher {
  const { channel, client, payer, number, cumulative_wei, redeemed_wei, r, vs } = row as Record<string, string>;
  const { unsettled_since_ms: unsettledSinceMs } = row as { unsettled_since_ms: number | null };
  const voucher = {
    payer: payer as Address,
    number: Number(number),
    cumulativeWei: BigInt(cumulative_wei ?? 0),
    r: r as Hex,
    vs: vs as Hex,
  };
  const redeemedWei = BigInt(redeemed_wei ?? 0);
  return { channel: channel as Hex, client: client as Hex, voucher, redeemedWei, unsettledSinceMs };
}
