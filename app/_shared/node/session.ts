"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import { client } from "./client";

export const sessionKey = ["session"];
const askAgainMs = 3_000;

export interface Session {
  /** False where nobody has answered at this page's origin so far: an answer too, so no error. */
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

/** Nobody answers at this page's origin, or somebody who knows of no session; not a daemon of another version. */
const isAbsence = (error: unknown) =>
  ShadowMeshError.is(error) &&
  (error.code === "DAEMON_UNREACHABLE" || (error.code === "ANSWER_INVALID" && !error.cause && !error.details.issues));

/** @param known what was known of the session before, in this page */
async function loadSession(known: Session | undefined, signal: AbortSignal): Promise<Session> {
  const token = takeToken();
  // Asked again, it has no token left: the reason stays.
  let linkError = known?.linkError ?? null;
  if (token) {
    try {
      // Without the signal: a token that was sent is used up, whoever waits for the answer.
      return { ...(await client.call("signIn", { token })), daemonAnswers: true, linkError: null };
    } catch (error) {
      if (!ShadowMeshError.is(error)) throw error;
      linkError = error;
    }
  }
  try {
    // An old link opened again in a browser that is signed in: the cookie counts.
    const session = await client.call("session", {}, { signal });
    return { ...session, daemonAnswers: true, linkError: session.signedIn ? null : linkError };
  } catch (error) {
    // What a daemon once answered stays: that it is away, or replaced, the banners say.
    if (known?.daemonAnswers || !isAbsence(error)) throw error;
    return noDaemon;
  }
}

/** Whether a daemon answers, and who is signed in. */
export function useSession() {
  const queryClient = useQueryClient();
  return useQuery({
    queryKey: sessionKey,
    queryFn: ({ signal }) => loadSession(queryClient.getQueryData(sessionKey), signal),
    staleTime: Number.POSITIVE_INFINITY,
    // Until somebody is signed in here: a daemon may come up, and another tab of this browser may sign in.
    refetchInterval: ({ state }) => (state.data?.signedIn ? false : askAgainMs),
    refetchOnWindowFocus: ({ state }) => (state.data?.signedIn ? false : "always"),
  });
}
