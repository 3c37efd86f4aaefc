"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { RouteInput, RouteOutput } from "../../../node/api/route.ts";
import type { ShadowMeshError } from "../../../node/core/errors.ts";
import { callBackbone, hasCode, isAway, type Routes } from "./backbone";

export type AdminSession = RouteOutput<Routes["adminSession"]>;

/** How far this browser has come. */
export type AdminState =
  | { step: "signed-out"; ended: boolean; error: ShadowMeshError | null }
  | { step: "enrol" | "code" | "in"; session: AdminSession };

export const adminSessionKey = ["admin", "session"] as const;

const signedOut = (fields: { ended?: boolean; error?: ShadowMeshError } = {}): AdminState => ({
  step: "signed-out",
  ended: fields.ended ?? false,
  error: fields.error ?? null,
});

/** Takes the issuer's answer out of the address, so that no history or bookmark keeps it. */
function takeAnswer(): string | null {
  const url = new URL(window.location.href);
  if (!url.searchParams.has("state")) return null;
  const parameters = url.search.slice(1);
  window.history.replaceState(null, "", url.pathname);
  return parameters;
}

async function loadState({ signal }: { signal: AbortSignal }): Promise<AdminState> {
  const parameters = takeAnswer();
  if (parameters !== null) {
    try {
      // Without the signal: an answer that was sent is used up, whoever waits for what becomes of it.
      await callBackbone("completeAdminSignIn", { parameters });
    } catch (error) {
      if (isAway(error) || !hasCode(error, ...(await signInErrors()))) throw error;
      return signedOut({ error });
    }
  }
  try {
    const session = await callBackbone("adminSession", {}, signal);
    return { step: session.secondFactor ? "in" : session.enrolled ? "code" : "enrol", session };
  } catch (error) {
    if (hasCode(error, "ADMIN_SIGN_IN_REQUIRED")) return signedOut();
    throw error;
  }
}

async function signInErrors(): Promise<string[]> {
  const { routes } = await import("./definitions");
  return routes.completeAdminSignIn.errors.map(({ code }) => code);
}

/** Who is signed in, and what is left to do. While the backbone is away it is asked again until it is back. */
export function useAdminState() {
  return useQuery({
    queryKey: adminSessionKey,
    queryFn: loadState,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (isAway(state.error) ? 3_000 : false),
  });
}

/** Calls the backbone for somebody who is signed in; where the session has ended, the whole page learns of it. */
export function useAdminCall() {
  const queries = useQueryClient();
  return async <N extends keyof Routes>(
    name: N,
    input: RouteInput<Routes[N]>,
    signal?: AbortSignal,
  ): Promise<RouteOutput<Routes[N]>> => {
    try {
      return await callBackbone(name, input, signal);
    } catch (error) {
      if (hasCode(error, "ADMIN_SIGN_IN_REQUIRED")) queries.setQueryData(adminSessionKey, signedOut({ ended: true }));
      if (hasCode(error, "SECOND_FACTOR_REQUIRED")) void queries.invalidateQueries({ queryKey: adminSessionKey });
      throw error;
    }
  };
}

/** Sends the browser to the issuer, which sends it back here. */
export function useSignIn() {
  return useMutation({
    mutationFn: () => callBackbone("beginAdminSignIn", {}),
    onSuccess: ({ url }) => window.location.assign(url),
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  const call = useAdminCall();
  return useMutation({
    mutationFn: () => call("signOutAdmin", {}),
    // What the session showed must not be there for the next one.
    onSuccess: () => {
      queries.removeQueries({ queryKey: adminDataKey });
      queries.setQueryData(adminSessionKey, signedOut());
    },
  });
}

/** Of all that only a whole session shows. */
export const adminDataKey = ["admin", "data"] as const;
