"use client";

import { useQuery } from "@tanstack/react-query";
import { client } from "./client";

export function useEarnings() {
  return useQuery({
    queryKey: ["earnings"],
    queryFn: ({ signal }) => client.call("earnings", {}, { signal }),
    refetchInterval: 3_000,
  });
}
