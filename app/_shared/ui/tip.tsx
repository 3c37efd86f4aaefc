"use client";

import { CircleHelp } from "lucide-react";
import { type ReactNode, useId } from "react";
import { i18n } from "../text/i18n";

/** A word explained where it stands, on hover and on focus. */
export function Tip({ about, children }: { about: string; children: ReactNode }) {
  const id = useId();
  return (
    <span className="group relative inline-flex">
      <button
        type="button"
        aria-label={i18n._("About {about}", { about })}
        aria-describedby={id}
        className="grid size-5 place-items-center rounded-full text-muted hover:text-text"
      >
        <CircleHelp aria-hidden className="size-3.5" />
      </button>
      <span
        role="tooltip"
        id={id}
        className="absolute hidden bottom-full left-1/2 z-20 mb-1 w-56 -translate-x-1/3 rounded-md border border-line-strong/60 bg-surface p-2.5 text-left font-normal text-sm text-text shadow-lg group-focus-within:block group-hover:block"
      >
        {children}
      </span>
    </span>
  );
}
