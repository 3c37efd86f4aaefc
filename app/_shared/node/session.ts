"use client";

import { useQuery } from "@tanstack/react-query";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import { client, routes } from "./client";

export const sessionKey = ["session"];

export interface Session {
  signedIn: boolean;
  by: "link" | "wallet" | "key" | null;
  /** Why the token of the link did not sign in. */
  linkError: ShadowMeshError | null;
}

/** Takes the one-time token (`#token=…`, or `?token=…`) out of the address, so that no history or bookmark keeps it. */
function takeToken(): string | null {
  const url = new URL(window.location.href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const token = fragment.get("token") ?? url.searchParams.get("token");
  if (token === null) return null;
  url.hash = "";
  url.searchParams.delete("token");
  window.history.replaceState(window.history.state, "", url);
  return token;
}

async function loadSession({ signal }: { signal: AbortSignal }): Promise<Session> {
  const token = takeToken();
  let linkError: ShadowMeshError | null = null;
  if (token) {
    try {
      // Without the signal: a token that was sent is used up, whoever waits for the answer.
      return { ...(await client.call(routes.signIn, { token })), linkError };
    } catch (error) {
      if (!ShadowMeshError.is(error) || error.status === 503) throw error;
      linkError = error;
    }
  }
  // An old link opened again in a browser that is signed in: the cookie counts.
  const session = await client.call(routes.session, {}, { signal });
  return { ...session, linkError: session.signedIn ? null : linkError };
}

/** Who is signed in; `isError` where no daemon answers at this page's origin. */
export function useSession() {
  return useQuery({ queryKey: sessionKey, queryFn: loadSession, staleTime: Number.POSITIVE_INFINITY });
}
