"use client";

import { startTransition, useEffect, useState } from "react";

/**
 * How many of `total` parts to draw: the first at once, one more after each frame. What is put into a page at once, the
 * browser lays out at once, which keeps a phone from answering a touch.
 */
export function useGrowing(total: number): number {
  const [drawn, setDrawn] = useState(1);
  useEffect(() => {
    if (drawn >= total) return;
    const next = setTimeout(() => startTransition(() => setDrawn(drawn + 1)));
    return () => clearTimeout(next);
  }, [drawn, total]);
  return Math.min(drawn, total);
}
