"use client";

import { useState } from "react";
import { readDecimal } from "../../_shared/node/decimal.ts";
import { i18n } from "../../_shared/text/i18n.ts";
import type { Prices } from "./estimate.ts";

const storageKey = "shadowmesh.prices";
const unknown: Prices = { shm: null, watts: null, perKilowattHour: null, perTerabyte: null };

/** A price as typed: null where nothing stands there; undefined where it is none. */
export function parsePrice(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const digits = readDecimal(text);
  return digits === null ? undefined : Number(digits);
}

/** All digits of a price, as `parsePrice` reads them. */
export const priceText = (price: number | null) =>
  price?.toLocaleString(i18n.locale, { maximumFractionDigits: 20, useGrouping: false }) ?? "";

function stored(): Prices {
  try {
    const found = JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Partial<Record<keyof Prices, unknown>>;
    const known = Object.entries(found).filter(([, value]) => typeof value === "number" && value >= 0);
    return { ...unknown, ...Object.fromEntries(known) };
  } catch {
    return unknown;
  }
}

/** What the operator pays for power and traffic: kept in this browser, nobody else's business. */
export function usePrices() {
  const [prices, setPrices] = useState(stored);
  const change = (part: Partial<Prices>) => {
    const next = { ...prices, ...part };
    setPrices(next);
    try {
      localStorage.setItem(storageKey, JSON.stringify(next));
    } catch {
      // Storage may be forbidden: the prices then last as long as the page.
    }
  };
  return { prices, change };
}
