"use client";

import { useDeferredValue } from "react";

/**
 * Turns true after `ready` does, and false with it. What a query brings, React draws at once and in one piece, which keeps a
 * phone from answering a touch; what waits for this, it draws in slices, between which the page listens.
 */
export function useUnhurried(ready: boolean): boolean {
  return useDeferredValue(ready) && ready;
}
