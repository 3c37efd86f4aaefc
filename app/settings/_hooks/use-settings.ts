"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Setting } from "../../../node/api/settings.ts";
import { client, routes } from "../../_shared/node/client";
import { useSession } from "../../_shared/node/session";

const key = ["settings"] as const;

export function useSettings() {
  const session = useSession();
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => client.call(routes.settings, {}, { signal }),
    enabled: session.data?.signedIn === true,
  });
}

/** Writes an option to the daemon's file; undefined takes it out again. */
export function useChangeSetting({ section, name }: Pick<Setting, "section" | "name">) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (value: unknown) =>
      value === undefined
        ? client.call(routes.resetSetting, { section, name })
        : client.call(routes.changeSetting, { section, name, value }),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}
