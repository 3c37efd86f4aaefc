"use client";

import { useEffect, useState } from "react";
import { later } from "../ui/later";
import { NotLoaded } from "../ui/not-loaded";
import { setPaletteOpen, usePaletteOpen } from "./palette-state";

const Palette = later(() => import("./palette").then((module) => module.Palette), {
  failed: ({ open, onClose }) => open && <NotLoaded onClose={onClose} />,
});

/** Opens the command palette by Ctrl+K or ⌘K anywhere; its code is loaded when it is first asked for. */
export function PaletteHost() {
  const open = usePaletteOpen();
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      // Chromium and Firefox would go to their address bars.
      event.preventDefault();
      setPaletteOpen(true);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  useEffect(() => {
    if (open) setWanted(true);
  }, [open]);
  return wanted && <Palette open={open} onClose={() => setPaletteOpen(false)} />;
}
