"use client";

import { useState } from "react";
import type { Prices } from "./estimate";

const storageKey = "shadowmesh.prices";
const unknown: Prices = { shm: null, watts: null, perKilowattHour: null, perTerabyte: null };

/** A price as typed: null where nothing stands there; undefined where it is none. */
export function parsePrice(text: string): number | null | undefined {
  const trimmed = text.trim().replace(",", ".");
  if (trimmed === "") return null;
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

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
