"use client";

import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";

/** A change of language draws the page anew within moments; who took the wrong link is back within a minute. */
const forgottenAfterMs = 60_000;

/**
 * What nobody can ask for twice, such as a new key: in memory alone, while it is on the page and for a minute after.
 * Beyond the language's part of the page, because a change of language must not lose it.
 */
export function useShownOnce<T>(name: string): [value: T | null, keep: (value: T | null) => void] {
  const queries = useQueryClient();
  const queryKey = ["shown once", name];
  const { data } = useQuery<T | null>({ queryKey, queryFn: skipToken, gcTime: forgottenAfterMs });
  return [data ?? null, (value) => queries.setQueryData<T | null>(queryKey, value)];
}
