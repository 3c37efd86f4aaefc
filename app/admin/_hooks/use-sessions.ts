"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { RouteOutput } from "../../../node/api/route.ts";
import type { Routes } from "./backbone";
import { adminDataKey, useAdminCall } from "./use-admin-session";

export type ListedSession = RouteOutput<Routes["listAdminSessions"]>["sessions"][number];

const sessionsKey = [...adminDataKey, "sessions"] as const;

export function useSessions(awake: boolean) {
  const call = useAdminCall();
  return useQuery({
    queryKey: sessionsKey,
    queryFn: ({ signal }) => call("listAdminSessions", {}, signal),
    select: ({ sessions }) => sessions,
    refetchInterval: awake ? 10_000 : false,
  });
}

export function useRevoke() {
  const queries = useQueryClient();
  const call = useAdminCall();
  return useMutation({
    mutationFn: (id: string) => call("closeAdminSession", { id }),
    // Also where it had ended already: the list says so.
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsKey }),
  });
}
