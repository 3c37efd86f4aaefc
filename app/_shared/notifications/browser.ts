"use client";

import { useSyncExternalStore } from "react";
import { createListeners, otherTabs } from "../listeners.ts";

/** Whether this browser tells of notifications: the owner's choice, and the browser's permission. */
export type BrowserState = "unsupported" | "blocked" | "off" | "on";

const storageKey = "shadowmesh-browser-notifications";
const shownKey = "shadowmesh-notifications-shown";
const listeners = createListeners(otherTabs);

function current(): BrowserState {
  if (typeof Notification === "undefined") return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" && read(storageKey) === "on" ? "on" : "off";
}

export function useBrowserNotifications(): BrowserState {
  return useSyncExternalStore(listeners.subscribe, current, () => "off");
}

/** Asks for the permission where there is none yet: only ever at the press of a button. */
export async function switchBrowserNotifications(on: boolean): Promise<void> {
  if (on && Notification.permission === "default") await Notification.requestPermission();
  write(storageKey, on ? "on" : "off");
  // What is known by then is on the page.
  if (on) write(shownKey, String(Date.now()));
  listeners.tell();
}

interface Told {
  readonly id: string;
  readonly atMs: number;
  readonly sentence: string;
  readonly link: string;
}

/** Of many at once the newest say enough. */
const maxAtOnce = 3;

/** Shows, of the unread ones, those that came since the last were shown, by this tab or another. */
export function showInBrowser(unread: readonly Told[], open: (link: string) => void): void {
  if (current() !== "on") return;
  const since = Number(read(shownKey) ?? Date.now());
  const fresh = unread.filter(({ atMs }) => atMs > since).sort((a, b) => a.atMs - b.atMs);
  const last = fresh.at(-1);
  if (last === undefined) return;
  write(shownKey, String(last.atMs));
  for (const one of fresh.slice(-maxAtOnce)) show(one, open);
}

/** A browser shows one with the same ID once, whichever tab asks; false where it can't, as browsers of phones. */
export function show({ id, sentence, link }: Omit<Told, "atMs">, open: (link: string) => void): boolean {
  try {
    const shown = new Notification("ShadowMesh", { body: sentence, tag: id });
    shown.onclick = () => {
      window.focus();
      open(link);
      shown.close();
    };
    return true;
  } catch {
    return false;
  }
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Storage may be forbidden: then this browser tells of nothing, and Settings shows it as off.
  }
}
