import { addresses } from "./addresses";
import type { routes } from "./definitions";
import { createPageClient, doubtAfterAbsence } from "./page-client";

export type Routes = typeof routes;

/** The daemon that served this page: its API has the page's own origin. */
export const client = createPageClient<Routes>(
  { baseUrl: "", timeoutMs: 20_000 },
  { addresses, definitions: async () => (await import("./definitions")).routes },
);
doubtAfterAbsence(client);
