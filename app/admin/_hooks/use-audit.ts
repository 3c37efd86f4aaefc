"use client";

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { adminDataKey, useAdminCall } from "./use-admin-session";

const pageSize = 50;

/** The log's events of a type, newest first, and older ones as they are asked for. */
export function useAuditEntries(type: string, awake: boolean) {
  const call = useAdminCall();
  return useInfiniteQuery({
    queryKey: [...adminDataKey, "audit", type],
    queryFn: ({ pageParam, signal }) =>
      call("auditEntries", { type: type || undefined, before: pageParam, limit: pageSize }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ entries }) => (entries.length < pageSize ? undefined : entries.at(-1)?.sequence),
    placeholderData: keepPreviousData,
    refetchInterval: awake ? 10_000 : false,
  });
}

/** What the backbone signs of its log. */
export function useAuditHead(awake: boolean) {
  const call = useAdminCall();
  return useQuery({
    queryKey: [...adminDataKey, "audit-head"],
    queryFn: ({ signal }) => call("auditHead", {}, signal),
    refetchInterval: awake ? 10_000 : false,
  });
}

/** Has the backbone walk its whole log. */
export function useVerifyLog() {
  const call = useAdminCall();
  return useMutation({ mutationFn: () => call("verifyAuditLog", {}) });
}
