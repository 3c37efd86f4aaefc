"use client";

import { useSyncExternalStore } from "react";
import { i18n } from "../text/i18n.ts";
import { themeStorageKey } from "./theme-script";

export type Theme = "light" | "dark";
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  const media = window.matchMedia("(prefers-color-scheme: dark)");
  listeners.add(listener);
  media.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    media.removeEventListener("change", listener);
  };
}

function current(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** The theme on screen; null in exported HTML, where nobody knows it yet. */
export function useTheme(): Theme | null {
  return useSyncExternalStore(subscribe, current, () => null);
}

/** What a button says that brings a theme. */
export const themeSwitch = (next: Theme) => (next === "dark" ? i18n._("Use dark theme") : i18n._("Use light theme"));

export function chooseTheme(theme: Theme) {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(themeStorageKey, theme);
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
  for (const listener of listeners) listener();
}
