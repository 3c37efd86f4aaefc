"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Setting } from "../../../node/api/settings.ts";
import { i18n } from "../text/i18n";
import { client } from "./client";
import { useSession } from "./session";

type Option = Pick<Setting, "section" | "name">;

const key = ["settings"] as const;

/** Every option of the daemon. */
export function useSettings() {
  const session = useSession();
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => client.call("settings", {}, { signal }),
    enabled: session.data?.signedIn === true,
  });
}

/** Writes an option to the daemon's file; undefined takes it out again. */
export function useChangeSetting({ section, name }: Option) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (value: unknown) =>
      value === undefined
        ? client.call("resetSetting", { section, name })
        : client.call("changeSetting", { section, name, value }),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}

/** Writes several options, one after the other; the first that the daemon refuses is the last. */
export function useChangeSettings() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (changes: readonly (Option & { value: unknown })[]) => {
      for (const change of changes) await client.call("changeSetting", change);
    },
    // Also where one was refused: those before it are written.
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
}

/** Whether the daemon runs with another value than it will once it is started again. */
export const isWaiting = ({ value, next }: Setting) => JSON.stringify(value) !== JSON.stringify(next);

/** What sets an option that can't be changed from a page. */
export function fixedText({ source, variable }: Setting): string {
  if (source === "environment") return i18n._("by {variable}", { variable });
  return source === "flag" ? i18n._("by the command's flag") : i18n._("in the file alone");
}
