"use client";

import { useQuery } from "@tanstack/react-query";
import type { Setting } from "../../../node/api/settings.ts";
import type { ServiceOffered } from "../../../node/api/welcome.ts";
import { client } from "../../_shared/node/client";

const option = { section: "hosting", name: "viewOnly" } as const;
const key = ["settings"] as const;

/** The daemon's option that keeps it from hosting anything for others. */
export function useViewOnly() {
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => client.call("settings", {}, { signal }),
    select: ({ settings }): Setting | undefined =>
      settings.find(({ section, name }) => section === option.section && name === option.name),
  });
}

/** Has the daemon start with the option that a choice needs; nothing where it does already. @throws SETTING_FIXED, SETTING_INVALID */
export async function applyService(service: ServiceOffered, setting: Setting | undefined): Promise<void> {
  const wanted = service === "view-only";
  if (setting?.next === wanted) return;
  await client.call("changeSetting", { ...option, value: wanted });
}
