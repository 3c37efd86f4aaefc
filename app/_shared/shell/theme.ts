"use client";

import { useSyncExternalStore } from "react";
import { createListeners } from "../listeners.ts";
import { i18n } from "../text/i18n.ts";
import { themeStorageKey } from "./theme-script";

export type Theme = "light" | "dark";
const listeners = createListeners((listener) => {
  const media = window.matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
});

function current(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** The theme on screen; null in exported HTML, where nobody knows it yet. */
export function useTheme(): Theme | null {
  return useSyncExternalStore(listeners.subscribe, current, () => null);
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
  listeners.tell();
}
