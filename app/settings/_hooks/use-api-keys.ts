"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ApiKeyScope } from "../../../node/api/vocabulary.ts";
import { client } from "../../_shared/node/client";
import { useSession } from "../../_shared/node/session";
import { useShownOnce } from "../../_shared/text/use-shown-once";

const key = ["api-keys"] as const;

export function useApiKeys() {
  const signedIn = useSession().data?.signedIn === true;
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => client.call("apiKeys", {}, { signal }),
    enabled: signedIn,
    select: (answer) => answer.keys,
  });
}

export interface WantedKey {
  name: string;
  scope: ApiKeyScope;
  expiresInDays: number | null;
}

export function useCreateApiKey() {
  const queries = useQueryClient();
  const [created, keep] = useShownOnce<string>("API key");
  const create = useMutation({
    gcTime: 0,
    mutationFn: (wanted: WantedKey) => client.call("createApiKey", wanted),
    onSuccess: (answer) => {
      keep(answer.key);
      return queries.invalidateQueries({ queryKey: key });
    },
  });
  return { created, create };
}

export function useRevokeApiKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.call("revokeApiKey", { id }),
    onSuccess: (answer) => queries.setQueryData(key, answer),
  });
}
