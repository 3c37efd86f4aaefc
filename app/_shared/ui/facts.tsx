import type { ReactNode } from "react";
import { cx } from "./cx";

/** Names and values, one pair a line. */
export function Facts({ children, className }: { children: ReactNode; className?: string }) {
  // Each pair has a line above it; that of the first row is clipped, however many columns there are.
  return (
    <dl className={cx("grid gap-x-6 text-[0.93rem] [clip-path:inset(1px_-4px_-4px_-4px)]", className)}>{children}</dl>
  );
}

export function Fact({ name, tip, children }: { name: string; tip?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-w-0 items-baseline justify-between gap-4 -mt-px border-line border-t py-1.5">
      <dt className="flex shrink-0 items-center gap-1 text-muted">
        {name}
        {tip}
      </dt>
      <dd className="min-w-0 break-words text-right tabular-nums">{children}</dd>
    </div>
  );
}
