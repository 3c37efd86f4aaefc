import { type ReactNode, useId } from "react";
import { cx } from "./cx";

interface CardProps {
  title: string;
  /** Shown at the right of the title. */
  aside?: ReactNode;
  /** A sentence under the title. */
  lead?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A titled region of a page. */
export function Card({ title, aside, lead, className, children }: CardProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={cx("min-w-0 rounded-lg border border-line bg-surface", className)}>
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-line border-b px-4 py-2.5">
        <h2 id={id} className="font-semibold text-[0.95rem]">
          {title}
        </h2>
        {aside}
        {lead && <p className="w-full text-muted text-sm">{lead}</p>}
      </header>
      <div className="p-4">{children}</div>
    </section>
  );
}
