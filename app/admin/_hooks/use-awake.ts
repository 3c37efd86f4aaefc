"use client";

import { useEffect, useState } from "react";

const signs = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

/**
 * Whether somebody has used this page lately. A page that asks by itself would keep its session alive for ever: it rests
 * where nobody is there, and the session ends as if it were closed.
 *
 * @param restAfterMs - Without a sign of anybody.
 */
export function useAwake(restAfterMs: number): boolean {
  const [awake, setAwake] = useState(true);
  useEffect(() => {
    let timer = setTimeout(() => setAwake(false), restAfterMs);
    const onSign = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setAwake(false), restAfterMs);
      setAwake(true);
    };
    for (const sign of signs) window.addEventListener(sign, onSign, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const sign of signs) window.removeEventListener(sign, onSign);
    };
  }, [restAfterMs]);
  return awake;
}
