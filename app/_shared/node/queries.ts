"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { client } from "./client";
import { useSession } from "./session";

/** The chain and contract of the daemon, known before anyone signs in. */
export function useNetwork() {
  const session = useSession();
  return useQuery({
    queryKey: ["network"],
    queryFn: ({ signal }) => client.call("network", {}, { signal }),
    enabled: session.data?.daemonAnswers === true,
    refetchInterval: ({ state }) => (state.error ? 1_000 : 5_000),
  });
}

/** This node at a glance, renewed each second; the last answer stays while a new one is on its way or fails. */
export function useStatus() {
  const session = useSession();
  return useQuery({
    queryKey: ["status"],
    queryFn: ({ signal }) => client.call("status", {}, { signal }),
    enabled: session.data?.signedIn === true,
    refetchInterval: 1_000,
  });
}

export function usePeers() {
  const session = useSession();
  return useQuery({
    queryKey: ["peers"],
    queryFn: ({ signal }) => client.call("peers", {}, { signal }),
    enabled: session.data?.signedIn === true,
    refetchInterval: 2_000,
    select: (answer) => answer.peers,
  });
}

export function useSignOut() {
  return useMutation({ mutationFn: () => client.call("signOut", {}), onSuccess: () => window.location.reload() });
}
