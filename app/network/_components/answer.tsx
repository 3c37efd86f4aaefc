import type { ReactNode } from "react";

/** The frame of an answer about one peer. */
export function Answer({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="rounded-md border border-line bg-raised px-3 py-2">
      <h3 className="font-semibold text-[0.93rem]">{title}</h3>
      {children}
    </section>
  );
}
