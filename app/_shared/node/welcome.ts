"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { RouteInput } from "../../../node/api/route.ts";
import type { Welcome } from "../../../node/api/welcome.ts";
import { useShownOnce } from "../text/use-shown-once";
import { client, type Routes } from "./client";
import { useSession } from "./session";

const key = ["welcome"] as const;

/** How far the owner has come with setting the node up, as the daemon keeps it. */
export function useWelcome() {
  const session = useSession();
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => client.call("welcome", {}, { signal }),
    enabled: session.data?.signedIn === true,
  });
}

type Action = "acceptTerms" | "confirmPhrase" | "skipPhrase" | "enterStep" | "leaveWelcome";

/** Tells the daemon what the owner did; its answer is the new state. */
export function useWelcomeAction<A extends Action>(action: A) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (input: RouteInput<Routes[A]>): Promise<Welcome> => client.call(action, input),
    onSuccess: (welcome) => queryClient.setQueryData(key, welcome),
  });
}

/** Has the words shown, once. */
export function useShowPhrase() {
  const queryClient = useQueryClient();
  const [words, keep] = useShownOnce<readonly string[]>("recovery phrase");
  const show = useMutation({
    gcTime: 0,
    mutationFn: () => client.call("showPhrase", {}),
    onSuccess: (answer) => keep(answer.words),
    onSettled: () => queryClient.invalidateQueries({ queryKey: key }),
  });
  return { words, show };
}
