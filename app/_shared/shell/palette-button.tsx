"use client";

import { Search } from "lucide-react";
import { i18n } from "../text/i18n";
import { buttonClass } from "../ui/button";
import { setPaletteOpen } from "./palette-state";

/** Opens the command palette; the keys stand beside it where there is a keyboard. */
export function PaletteButton() {
  return (
    <button
      type="button"
      aria-label={i18n._("Search rooms and actions, Ctrl K")}
      aria-haspopup="dialog"
      aria-keyshortcuts="Control+K Meta+K"
      onClick={() => setPaletteOpen(true)}
      className={buttonClass("ghost", "px-2 text-muted")}
    >
      <Search aria-hidden className="size-4" />
      <kbd className="rounded border border-line px-1.5 font-sans text-xs max-lg:hidden">{i18n._("Ctrl K")}</kbd>
    </button>
  );
}
