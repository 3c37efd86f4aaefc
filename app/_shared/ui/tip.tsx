"use client";

import { CircleHelp } from "lucide-react";
import { type PointerEvent, type ReactNode, useId, useRef, useState } from "react";
import { i18n } from "../text/i18n";
import { later } from "./later";

const Layer = later(() => import("./tip-layer").then((module) => module.TipLayer));

/** How long the pointer may take from the mark to its text, which it may rest on and select. */
const crossingMs = 200;

/** A word explained where it stands: under the pointer, on focus, and at a touch. Escape closes it. */
export function Tip({ about, children }: { about: string; children: ReactNode }) {
  const id = useId();
  const mark = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const leaving = useRef(0);
  const show = () => {
    window.clearTimeout(leaving.current);
    setOpen(true);
  };
  const hide = () => {
    window.clearTimeout(leaving.current);
    setOpen(false);
  };
  const hover = {
    onPointerEnter: show,
    onPointerLeave({ pointerType }: PointerEvent) {
      // A finger leaves as it is lifted.
      if (pointerType === "touch" || document.activeElement === mark.current) return;
      leaving.current = window.setTimeout(hide, crossingMs);
    },
  };
  return (
    <span className="inline-flex">
      <button
        ref={mark}
        type="button"
        aria-label={i18n._("About {about}", { about })}
        aria-describedby={id}
        className="grid size-5 place-items-center rounded-full text-muted hover:text-text"
        onFocus={show}
        onBlur={hide}
        onClick={show}
        {...hover}
      >
        <CircleHelp aria-hidden className="size-3.5" />
      </button>
      <span id={id} hidden>
        {children}
      </span>
      {open && (
        <Layer mark={mark} onClose={hide} {...hover}>
          {children}
        </Layer>
      )}
    </span>
  );
}
