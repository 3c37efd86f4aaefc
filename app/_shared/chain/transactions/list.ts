"use client";

import { useSyncExternalStore } from "react";
import { createListeners, otherTabs } from "../../listeners.ts";
import type { ContractCall } from "../contract-call.ts";

export type TransactionState = "waiting" | "done" | "reverted" | "cancelled" | "replaced";

/** A transaction that was signed from this browser. */
export interface SentTransaction {
  /** The hash that it was signed under; it stays when the wallet speeds it up. */
  id: `0x${string}`;
  /** The hash under which it is on its way, or was mined. */
  hash: `0x${string}`;
  functionName: ContractCall["functionName"];
  from: `0x${string}`;
  to: `0x${string}`;
  data: `0x${string}`;
  /** In wei, as text. */
  value: string;
  /** What replaces it has the same; null where the chain had not told it yet. */
  nonce: number | null;
  /** It can be in no earlier block. */
  afterBlock: number;
  sentAtMs: number;
  state: TransactionState;
  /** Why the contract refused it. */
  reason?: string;
}

/** Those that are over give way beyond it, the oldest first. */
const kept = 20;
const none: readonly SentTransaction[] = [];
const listeners = createListeners(otherTabs);
const parsed = new Map<string, { text: string | null; list: readonly SentTransaction[] }>();

const keyOf = (chainId: number) => `shadowmesh.transactions.${chainId}`;

/** Of a chain, the newest first; the same list for as long as nothing changes. */
export function transactionsOf(chainId: number): readonly SentTransaction[] {
  const key = keyOf(chainId);
  const text = localStorage.getItem(key);
  const known = parsed.get(key);
  if (known !== undefined && known.text === text) return known.list;
  const list = text === null ? none : read(text);
  parsed.set(key, { text, list });
  return list;
}

/** What somebody else wrote there is no list, and must not keep the page from opening. */
function read(text: string): readonly SentTransaction[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : none;
  } catch {
    return none;
  }
}

function write(chainId: number, list: readonly SentTransaction[]): void {
  const over = list.filter(({ state }) => state !== "waiting");
  const dropped = new Set(over.slice(Math.max(0, kept - (list.length - over.length))));
  const left = list.filter((transaction) => !dropped.has(transaction));
  if (left.length === 0) localStorage.removeItem(keyOf(chainId));
  else localStorage.setItem(keyOf(chainId), JSON.stringify(left));
  listeners.tell();
}

export function addTransaction(chainId: number, transaction: SentTransaction): void {
  write(chainId, [transaction, ...transactionsOf(chainId)]);
}

/** Says what became of a transaction that was waiting; one that is over or dismissed stays so. */
export function changeTransaction(chainId: number, id: SentTransaction["id"], change: Partial<SentTransaction>): void {
  const list = transactionsOf(chainId);
  if (!list.some((one) => one.id === id && one.state === "waiting")) return;
  write(
    chainId,
    list.map((one) => (one.id === id ? { ...one, ...change } : one)),
  );
}

export function dismissTransactions(chainId: number, ids: readonly SentTransaction["id"][]): void {
  write(
    chainId,
    transactionsOf(chainId).filter(({ id }) => !ids.includes(id)),
  );
}

/** A transaction once it waits no more; nothing where it was dismissed. */
export function untilOver(chainId: number, id: SentTransaction["id"]): Promise<SentTransaction | undefined> {
  return new Promise((resolve) => {
    const check = () => {
      const sent = transactionsOf(chainId).find((one) => one.id === id);
      if (sent?.state === "waiting") return;
      unsubscribe();
      resolve(sent);
    };
    const unsubscribe = listeners.subscribe(check);
    check();
  });
}

/** What was signed from this browser on a chain, over reloads and among tabs, until it is dismissed. */
export function useTransactions(chainId: number | undefined): readonly SentTransaction[] {
  return useSyncExternalStore(
    listeners.subscribe,
    () => (chainId === undefined ? none : transactionsOf(chainId)),
    () => none,
  );
}
