"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type {
  NotificationChannel,
  NotificationKind,
  NotificationList,
} from "../../../node/services/notifications/api.ts";
import { client } from "../node/client";
import { useSession } from "../node/session";
import { useBrowserNotifications } from "./browser";

export type Notification = NotificationList["notifications"][number];

const key = ["notifications"] as const;
/** A page that is not looked at asks as often as it may: browsers hold such timers back. */
const intervalMs = 3_000;

/** What the owner should know of, and how it is sent. */
export function useNotifications() {
  const signedIn = useSession().data?.signedIn === true;
  const inBrowser = useBrowserNotifications() === "on";
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => client.call("notifications", {}, { signal }),
    enabled: signedIn,
    refetchInterval: intervalMs,
    refetchIntervalInBackground: inBrowser,
  });
}

/** Marks one as read, or all. */
export function useMarkRead() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id?: string) => client.call("readNotifications", id === undefined ? {} : { ids: [id] }),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}

type Choice = { kind: NotificationKind; on: boolean } | { channel: NotificationChannel; on: boolean };

/** Switches a kind, or a way of sending. */
export function useSwitchNotifications() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (choice: Choice) => client.call("switchNotifications", choice),
    onSuccess: (switches) => {
      queries.setQueryData<NotificationList>(key, (list) => list && { ...list, ...switches });
    },
  });
}

/** Sends a test by all that the daemon sends by. */
export function useTestNotifications() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => client.call("testNotifications", {}),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
}
