import type { ReactNode } from "react";
import { Banners } from "./banners";
import { RoomHead, type RoomHeadProps } from "./room-head";
import { contentId } from "./skip-link";

/** The frame of a page: its title, what everybody must know now, and its content. */
export function Room({ title, lead, children }: RoomHeadProps & { children: ReactNode }) {
  return (
    <main id={contentId} tabIndex={-1} className="min-w-0 px-4 pt-5 pb-16 outline-none max-lg:pb-28 lg:px-6">
      <RoomHead title={title} lead={lead} />
      <Banners />
      {children}
    </main>
  );
}
