import type { Page } from "@playwright/test";

/** What went wrong in pages, and whom they called beyond this machine: both stay empty. */
export interface Watch {
  readonly problems: string[];
  readonly outside: string[];
  /** Watches a page for as long as it is open. */
  of(page: Page): void;
}

export function createWatch(): Watch {
  const problems: string[] = [];
  const outside: string[] = [];
  return {
    problems,
    outside,
    of(page) {
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("console", (message) => {
        // What the browser itself says of a request that was refused or cut is what tests provoke.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
          problems.push(message.text());
      });
      page.on("request", (request) => {
        const { hostname, protocol } = new URL(request.url());
        if (protocol.startsWith("http") && hostname !== "127.0.0.1") outside.push(request.url());
      });
    },
  };
}
