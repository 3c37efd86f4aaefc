"use client";

import { useQuery } from "@tanstack/react-query";
import { client } from "../../_shared/node/client";
import { useSession } from "../../_shared/node/session";

export const aggregateKey = ["pool", "aggregate"] as const;

/** The pool's sums: asked for anew at each event, and every five seconds for the load, of which no event tells. */
export function useAggregate() {
  const session = useSession();
  return useQuery({
    queryKey: aggregateKey,
    queryFn: ({ signal }) => client.call("poolAggregate", {}, { signal }),
    enabled: session.data?.signedIn === true,
    refetchInterval: 5_000,
  });
}
