import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import { type Session, sessionKey } from "./session";

/** Errors are shown where they happen; only the end of the session concerns every page. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (!ShadowMeshError.is(error) || error.code !== "NOT_SIGNED_IN") return;
    queryClient.setQueryData<Session>(sessionKey, {
      daemonAnswers: true,
      signedIn: false,
      by: null,
      linkError: null,
    });
  };
  const queryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // The daemon is on this machine: asking it again next second is the retry, also without the internet.
      // What one part of a page has just asked, another does not ask again when it is shown.
      queries: { retry: false, networkMode: "always", refetchOnWindowFocus: true, staleTime: 1_000 },
      mutations: { networkMode: "always" },
    },
  });
  return queryClient;
}
