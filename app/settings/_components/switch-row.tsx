"use client";

import { type ReactNode, useId } from "react";

interface SwitchRowProps {
  label: string;
  note: ReactNode;
  on: boolean;
  busy: boolean;
  onSwitch: (on: boolean) => void;
}

/** One thing that is on or off, and what that means. */
export function SwitchRow({ label, note, on, busy, onSwitch }: SwitchRowProps) {
  const id = useId();
  return (
    <li className="flex items-start gap-3 py-2.5">
      <input
        id={id}
        type="checkbox"
        className="mt-0.5 size-5 shrink-0 accent-accent"
        checked={on}
        disabled={busy}
        aria-describedby={`${id}-note`}
        onChange={(event) => onSwitch(event.target.checked)}
      />
      <div className="min-w-0">
        <label htmlFor={id} className="block font-medium text-[0.93rem]">
          {label}
        </label>
        <div id={`${id}-note`} className="text-muted text-sm">
          {note}
        </div>
      </div>
    </li>
  );
}
