"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { LanguageSelect } from "../text/language-select";
import { ErrorBoundary } from "./error-boundary";
import { BackboneHeader, NodeHeader } from "./header";
import { BottomNavigation, SideNavigation } from "./navigation";
import { PaletteHost } from "./palette-host";
import { SkipLink } from "./skip-link";

/** What is around every page: the header, the rooms, and the command palette. A backbone's page has no rooms. */
export function Frame({ children }: { children: ReactNode }) {
  const path = usePathname();
  const page = <ErrorBoundary path={path}>{children}</ErrorBoundary>;
  if (path.startsWith("/admin")) {
    return (
      <>
        <SkipLink />
        <BackboneHeader />
        <div className="mx-auto max-w-6xl">{page}</div>
        {/* The header has no room for it on a phone. */}
        <footer className="flex justify-center p-4 sm:hidden">
          <LanguageSelect />
        </footer>
      </>
    );
  }
  return (
    <>
      <SkipLink />
      <NodeHeader />
      <div className="mx-auto max-w-[84rem] lg:grid lg:grid-cols-[12.5rem_minmax(0,1fr)] lg:pl-4">
        <SideNavigation />
        {page}
      </div>
      <BottomNavigation />
      <PaletteHost />
    </>
  );
}
