"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { LogLine } from "../../../node/api/diagnostics.ts";
import { client } from "../../_shared/node/client";
import { useSession } from "../../_shared/node/session";

const key = ["log"] as const;
/** As many as the daemon keeps. */
const maxKept = 2_000;

/** The daemon's log as it grows, oldest line first; each question asks for what is new. */
export function useLog({ paused }: { paused: boolean }) {
  const session = useSession();
  const queries = useQueryClient();
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const known = queries.getQueryData<readonly LogLine[]>(key) ?? [];
      const { lines } = await client.call("log", { after: known.at(-1)?.number ?? 0 }, { signal });
      // A daemon that was started again counts from 1: what was known is another one's.
      const isSame = lines.length === 0 || known.length === 0 || (lines[0]?.number ?? 0) > (known.at(-1)?.number ?? 0);
      return isSame ? [...known, ...lines].slice(-maxKept) : lines;
    },
    enabled: session.data?.signedIn === true && !paused,
    refetchInterval: 2_000,
  });
}
