"use client";

import { useSyncExternalStore } from "react";
import type { ContractCall } from "./contract-call";

/** A transaction that was signed and has no receipt yet; a reload of the page finds it again. */
export interface PendingTransaction {
  hash: `0x${string}`;
  functionName: ContractCall["functionName"];
  chainId: number;
  sentAtMs: number;
}

const storageKey = "shadowmesh.pending";
const listeners = new Set<() => void>();
let parsedText: string | null = null;
let parsed: PendingTransaction | null = null;

function current(): PendingTransaction | null {
  const text = sessionStorage.getItem(storageKey);
  if (text !== parsedText) {
    parsedText = text;
    parsed = text ? (JSON.parse(text) as PendingTransaction) : null;
  }
  return parsed;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setPending(transaction: PendingTransaction) {
  sessionStorage.setItem(storageKey, JSON.stringify(transaction));
  for (const listener of listeners) listener();
}

/** Forgets a transaction that has its receipt, and no later one. */
export function clearPending(hash: PendingTransaction["hash"]) {
  if (current()?.hash !== hash) return;
  sessionStorage.removeItem(storageKey);
  for (const listener of listeners) listener();
}

export function usePending(): PendingTransaction | null {
  return useSyncExternalStore(subscribe, current, () => null);
}
