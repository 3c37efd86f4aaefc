"use client";

import { useSearchParams } from "next/navigation";

/** What the page shows, kept in its address: a reload, a bookmark and a link show the same. */
export function useAddress() {
  const parameters = useSearchParams();
  return {
    get: (name: string) => parameters.get(name) ?? "",
    /** Empty values are left out. */
    set(changes: Readonly<Record<string, string>>) {
      const url = new URL(window.location.href);
      for (const [name, value] of Object.entries(changes)) {
        if (value === "") url.searchParams.delete(name);
        else url.searchParams.set(name, value);
      }
      // Next notices, and keeps its own state; its router would ask the server for the page anew.
      window.history.replaceState(null, "", url);
    },
  };
}
