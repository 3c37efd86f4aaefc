import type { ReactNode } from "react";
import type { Peer } from "../../../node/api/daemon.ts";

/** In the middle of a line. */
export const pathNames: Record<Peer["path"], string> = {
  direct: /*i18n*/ "direct",
  punched: /*i18n*/ "punched",
  relayed: /*i18n*/ "relayed",
  onion: /*i18n*/ "onion",
};

/** The frame of an answer about one peer. */
export function Answer({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="rounded-md border border-line bg-raised px-3 py-2">
      <h3 className="font-semibold text-[0.93rem]">{title}</h3>
      {children}
    </section>
  );
}
