"use client";

import { useState } from "react";

/** A value; while it is held, as it was before. */
export function useHeld<T>(value: T, held: boolean): T {
  const [kept, setKept] = useState(value);
  if (!held && kept !== value) setKept(() => value);
  return held ? kept : value;
}
