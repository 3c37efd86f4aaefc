"use client";

import { useSyncExternalStore } from "react";
import { createListeners } from "../listeners";

const listeners = createListeners();
let open = false;

/** Whether the command palette is open: one for the page, and several buttons open it. */
export function usePaletteOpen(): boolean {
  return useSyncExternalStore(
    listeners.subscribe,
    () => open,
    () => false,
  );
}

export function setPaletteOpen(next: boolean) {
  open = next;
  listeners.tell();
}
