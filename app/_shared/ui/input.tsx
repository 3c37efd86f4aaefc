import type { ComponentProps } from "react";
import { cx } from "./cx";

export const controlClass =
  "min-h-9 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2.5 py-1.5 text-text placeholder:text-muted aria-invalid:border-bad disabled:opacity-55";

/** A text input, with a unit at its right end where it has one. */
export function Input({ unit, className, ...props }: ComponentProps<"input"> & { unit?: string }) {
  return (
    <span className="relative block">
      <input className={cx(controlClass, unit && "pr-16 tabular-nums", className)} {...props} />
      {unit && (
        <span
          aria-hidden
          className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-muted text-sm"
        >
          {unit}
        </span>
      )}
    </span>
  );
}
