import "./jitless";
import { createClient } from "../../../node/api/client.ts";

export { routes } from "../../../node/api/routes.ts";

/** The daemon that served this page: its API has the page's own origin. */
export const client = createClient({ baseUrl: "", timeoutMs: 20_000 });
