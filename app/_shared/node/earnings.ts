"use client";

import { useQuery } from "@tanstack/react-query";
import { client, routes } from "./client";

export function useEarnings() {
  return useQuery({
    queryKey: ["earnings"],
    queryFn: ({ signal }) => client.call(routes.earnings, {}, { signal }),
    refetchInterval: 3_000,
  });
}
