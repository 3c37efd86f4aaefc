"use client";

import { useSyncExternalStore } from "react";
import { createListeners } from "../listeners";

/**
 * Between the pages and the wallet code, which is large and loaded only when somebody wants a wallet. The header holds
 * the one wallet dialog; any page asks for it here.
 */
let wanted = false;
let open: (() => void) | null = null;
let openWhenReady = false;
const listeners = createListeners();

/** The wallet as the pages know it. */
export interface WalletAccount {
  /** None where no wallet is connected, and where one is locked. */
  address?: `0x${string}`;
  /** The chain that the wallet is on. */
  chainId?: number;
  /** What the wallet calls itself. */
  name?: string;
  isConnected: boolean;
  /** One was connected the last time, and is asked whether it still is. */
  isReconnecting: boolean;
}

const nobody: WalletAccount = { isConnected: false, isReconnecting: false };
let account: WalletAccount | null = null;

/** The wallet code tells what becomes of the wallet. */
export function tellAccount(next: WalletAccount): void {
  account = next;
  listeners.tell();
}

const accountNow = () => {
  account ??= walletWasConnected() ? { ...nobody, isReconnecting: true } : nobody;
  return account;
};

export function useWalletAccount(): WalletAccount {
  return useSyncExternalStore(listeners.subscribe, accountNow, () => nobody);
}

/** Loads the wallet code, if it is not there yet. */
export function wantWallet() {
  wanted = true;
  listeners.tell();
}

export function openWalletDialog() {
  if (open) return open();
  openWhenReady = true;
  wantWallet();
}

/** The header tells how to open the dialog. */
export function registerWalletDialog(opener: () => void): () => void {
  open = opener;
  if (openWhenReady) opener();
  openWhenReady = false;
  return () => {
    if (open === opener) open = null;
  };
}

export function useWalletWanted(): boolean {
  return useSyncExternalStore(
    listeners.subscribe,
    () => wanted,
    () => false,
  );
}

/** A wallet was connected in this browser before: wagmi reconnects it without asking. */
export function walletWasConnected(): boolean {
  try {
    return localStorage.getItem("wagmi.recentConnectorId") !== null;
  } catch {
    return false;
  }
}
