"use client";

import { useEffect, useState } from "react";

/** The time, renewed each second; null while the page is not alive yet, so that exported HTML holds no clock. */
export function useNow(): number | null {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
