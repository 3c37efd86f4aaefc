import "../../_shared/node/jitless";
import type { z } from "zod";
import { createClient } from "../../../node/api/client.ts";
import type { Route, RouteInput, RouteOutput } from "../../../node/api/route.ts";
import { adminRoutes } from "../../../node/backbone/admin/api.ts";
import { ShadowMeshError } from "../../../node/core/errors.ts";

const csrfHeader = "x-csrf-token";
/** With what each change has to show, once that is known: to this page alone, and never stored. */
const headers: Record<string, string> = {};
/** The backbone that served this page: its API has the page's own origin. */
const client = createClient({ baseUrl: "", headers, timeoutMs: 60_000 });

/** Calls a route with the session's cookie. @throws whatever code the route names */
export async function callBackbone<I extends z.ZodType, O extends z.ZodType>(
  route: Route<I, O>,
  input: RouteInput<Route<I, O>>,
  signal?: AbortSignal,
): Promise<RouteOutput<Route<I, O>>> {
  const call = () => client.call(route, input, { signal });
  const answer = await call().catch(async (error: unknown) => {
    if (!hasCode(error, "CSRF_TOKEN_INVALID")) throw error;
    // Another tab has shown the second factor meanwhile, and so made a new token.
    headers[csrfHeader] = (await client.call(adminRoutes.adminSession, {}, { signal })).csrfToken;
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
  if (hasCode(error, "DAEMON_UNREACHABLE")) return true;
  const { status } = ShadowMeshError.is(error) ? error.details : {};
  return hasCode(error, "ANSWER_INVALID") && [502, 503, 504].includes(Number(status));
}
