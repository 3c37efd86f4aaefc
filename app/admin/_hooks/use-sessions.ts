"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import { adminRoutes } from "../../../node/backbone/admin/api.ts";
import { adminDataKey, useAdminCall } from "./use-admin-session";

export type ListedSession = z.output<typeof adminRoutes.listAdminSessions.output>["sessions"][number];

const sessionsKey = [...adminDataKey, "sessions"] as const;

export function useSessions(awake: boolean) {
  const call = useAdminCall();
  return useQuery({
    queryKey: sessionsKey,
    queryFn: ({ signal }) => call(adminRoutes.listAdminSessions, {}, signal),
    select: ({ sessions }) => sessions,
    refetchInterval: awake ? 10_000 : false,
  });
}

export function useRevoke() {
  const queries = useQueryClient();
  const call = useAdminCall();
  return useMutation({
    mutationFn: (id: string) => call(adminRoutes.closeAdminSession, { id }),
    // Also where it had ended already: the list says so.
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsKey }),
  });
}
