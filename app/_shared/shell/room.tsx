import type { ReactNode } from "react";
import { Banners } from "./banners";

/** The frame of a page: its title, what everybody must know now, and its content. */
export function Room({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <main className="mx-auto max-w-6xl px-4 pt-5 pb-16">
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      <p className="mb-4 text-muted">{lead}</p>
      <Banners />
      {children}
    </main>
  );
}
