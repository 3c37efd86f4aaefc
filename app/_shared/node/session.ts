"use client";

import { useQuery } from "@tanstack/react-query";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import { client } from "./client";

export const sessionKey = ["session"];

export interface Session {
  /** False where this page's origin serves no daemon, or its daemon has stopped: an answer too, so no error. */
  daemonAnswers: boolean;
  signedIn: boolean;
  by: "link" | "wallet" | "key" | "api-key" | null;
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

const noDaemon: Session = { daemonAnswers: false, signedIn: false, by: null, linkError: null };

async function loadSession({ signal }: { signal: AbortSignal }): Promise<Session> {
  const token = takeToken();
  let linkError: ShadowMeshError | null = null;
  if (token) {
    try {
      // Without the signal: a token that was sent is used up, whoever waits for the answer.
      return { ...(await client.call("signIn", { token })), daemonAnswers: true, linkError };
    } catch (error) {
      if (!ShadowMeshError.is(error)) throw error;
      linkError = error;
    }
  }
  // An old link opened again in a browser that is signed in: the cookie counts.
  const session = await client.call("session", {}, { signal }).catch((error: unknown) => {
    if (ShadowMeshError.is(error)) return null;
    throw error;
  });
  return session ? { ...session, daemonAnswers: true, linkError: session.signedIn ? null : linkError } : noDaemon;
}

/** Whether a daemon answers, and who is signed in. */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: loadSession,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.data?.daemonAnswers === false ? 3_000 : false),
  });
}
