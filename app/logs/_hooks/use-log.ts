"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { client } from "../../_shared/node/client";
import { useSession } from "../../_shared/node/session";
import { append, type RunLine } from "./log-lines";

const key = ["log"] as const;

/** The daemon's log as it grows, oldest line first; each question asks for what is new. */
export function useLog() {
  const session = useSession();
  const queries = useQueryClient();
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const known = queries.getQueryData<readonly RunLine[]>(key) ?? [];
      const last = known.at(-1);
      const answer = await client.call("log", { after: last?.number ?? 0 }, { signal });
      const isSameRun = last === undefined || last.startedAtMs === answer.startedAtMs;
      return append(known, isSameRun ? answer : await client.call("log", { after: 0 }, { signal }));
    },
    enabled: session.data?.signedIn === true,
    refetchInterval: 2_000,
    // A line never changes: what is known stays as it is.
    structuralSharing: false,
  });
}
