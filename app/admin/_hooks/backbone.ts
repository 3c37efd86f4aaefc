import type { RouteInput, RouteOutput } from "../../../node/api/route.ts";
import { backboneErrors } from "../../../node/backbone/errors.ts";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import { createPageClient, doubtAfterAbsence } from "../../_shared/node/page-client";
import { addresses } from "./addresses";
import type { routes } from "./definitions";

export type Routes = typeof routes;

const csrfHeader = "x-csrf-token";
/** With what each change has to show, once that is known: to this page alone, and never stored. */
const headers: Record<string, string> = {};
/** The backbone that served this page: its API has the page's own origin. */
const client = createPageClient<Routes>(
  { baseUrl: "", headers, timeoutMs: 60_000, unreachable: backboneErrors.BACKBONE_AWAY },
  { addresses, definitions: async () => (await import("./definitions")).routes },
);
doubtAfterAbsence(client);

/** Calls a route with the session's cookie. @throws whatever code the route names */
export async function callBackbone<N extends keyof Routes>(
  name: N,
  input: RouteInput<Routes[N]>,
  signal?: AbortSignal,
): Promise<RouteOutput<Routes[N]>> {
  const call = () => client.call(name, input, { signal });
  const answer = await call().catch(async (error: unknown) => {
    if (!hasCode(error, "CSRF_TOKEN_INVALID")) throw error;
    // Another tab has shown the second factor meanwhile, and so made a new token.
    headers[csrfHeader] = (await client.call("adminSession", {}, { signal })).csrfToken;
    return call();
  });
  const shown = (Object(answer) as { csrfToken?: unknown }).csrfToken;
  if (typeof shown === "string") headers[csrfHeader] = shown;
  return answer;
}

export function hasCode(error: unknown, ...codes: readonly string[]): error is ShadowMeshError {
  return ShadowMeshError.is(error) && codes.includes(error.code);
}

/** Whether nobody answers for the backbone, or a proxy says so in its stead. */
export function isAway(error: unknown): boolean {
  if (hasCode(error, "BACKBONE_AWAY")) return true;
  const { status } = ShadowMeshError.is(error) ? error.details : {};
  return hasCode(error, "ANSWER_INVALID") && [502, 503, 504].includes(Number(status));
}
