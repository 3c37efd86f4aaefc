"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { deviceSorts } from "../../../node/api/vocabulary.ts";
import type { DeviceQuery } from "../../../node/backbone/pool/api.ts";
import { useAddress } from "./use-address";
import { adminDataKey, useAdminCall } from "./use-admin-session";

/** Rows of a page: what a screen and a half holds, however many devices there are. */
export const pageSize = 50;

const states = ["true", "false"] as const;
export type DeviceSort = DeviceQuery["sort"];

/** What is asked for, from the page's address; whatever is wrong there counts as not said. */
export function useDeviceFilter() {
  const { get, set } = useAddress();
  return {
    sort: deviceSorts.find((sort) => sort === get("sort")) ?? ("node" as const),
    order: get("order") === "desc" ? ("desc" as const) : ("asc" as const),
    region: get("region"),
    online: states.find((state) => state === get("online")) ?? ("" as const),
    search: get("search"),
    set,
  };
}

export type DeviceFilter = Omit<ReturnType<typeof useDeviceFilter>, "set">;

/** A page of the devices; the one before stays until it is there. */
export function useDevices({ sort, order, region, online, search }: DeviceFilter, cursor: string, awake: boolean) {
  const call = useAdminCall();
  const input = {
    sort,
    order,
    region: region || undefined,
    online: online || undefined,
    search: search.trim() || undefined,
    cursor: cursor || undefined,
    limit: pageSize,
  };
  return useQuery({
    queryKey: [...adminDataKey, "devices", input],
    queryFn: ({ signal }) => call("nodes", input, signal),
    placeholderData: keepPreviousData,
    refetchInterval: awake ? 5_000 : false,
  });
}

export function useTotals(awake: boolean) {
  const call = useAdminCall();
  return useQuery({
    queryKey: [...adminDataKey, "totals"],
    queryFn: ({ signal }) => call("aggregate", {}, signal),
    refetchInterval: awake ? 5_000 : false,
  });
}
