import { formatEther } from "viem";
import { toCsv } from "../../_shared/node/csv.ts";

/** What a node was paid on chain at one time. */
export interface Payment {
  atMs: number;
  commissionWei: bigint;
  toStakeWei: bigint;
}

/** One UTC day. */
export interface Day {
  /** "2026-11-22". */
  date: string;
  payments: number;
  commissionWei: bigint;
  toStakeWei: bigint;
}

/** Payments by UTC day, the latest day first. */
export function byDay(payments: readonly Payment[]): Day[] {
  const days = new Map<string, Day>();
  for (const { atMs, commissionWei, toStakeWei } of payments) {
    const date = new Date(atMs).toISOString().slice(0, 10);
    const day = days.get(date) ?? { date, payments: 0, commissionWei: 0n, toStakeWei: 0n };
    days.set(date, {
      date,
      payments: day.payments + 1,
      commissionWei: day.commissionWei + commissionWei,
      toStakeWei: day.toStakeWei + toStakeWei,
    });
  }
  return [...days.values()].sort((a, b) => (a.date < b.date ? 1 : -1));
}

/** A table for spreadsheets, amounts to the last wei. */
export function daysCsv(days: readonly Day[]): string {
  return toCsv(
    ["Day (UTC)", "Service", "Payments", "Commission (SHM)", "To stake (SHM)"],
    days.map(({ date, payments, commissionWei, toStakeWei }) => [
      date,
      "relaying",
      String(payments),
      formatEther(commissionWei),
      formatEther(toStakeWei),
    ]),
  );
}
