"use client";

import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let open = false;

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Whether the command palette is open: one for the page, and several buttons open it. */
export function usePaletteOpen(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => open,
    () => false,
  );
}

export function setPaletteOpen(next: boolean) {
  open = next;
  for (const listener of listeners) listener();
}
