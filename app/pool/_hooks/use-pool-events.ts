"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type PoolEvent, poolEventSchema } from "../../../node/backbone/pool/api.ts";
import { routes } from "../../_shared/node/client";
import { useSession } from "../../_shared/node/session";
import { aggregateKey } from "./use-pool";

/** Events that the page keeps; whoever wants them all follows the backbone's stream. */
const maxShown = 50;

export interface ShownEvent extends PoolEvent {
  /** The backbone's number of the event. */
  readonly id: string;
}

interface PoolEvents {
  /** Newest first. */
  readonly events: readonly ShownEvent[];
  /** Whether events come in as they happen. */
  readonly live: boolean;
}

const types = poolEventSchema.shape.type.options;

/** Follows the pool's events. The browser comes back by itself where the stream ends, and tells which event it had last. */
export function usePoolEvents(): PoolEvents {
  const signedIn = useSession().data?.signedIn === true;
  const queries = useQueryClient();
  const [state, setState] = useState<PoolEvents>({ events: [], live: false });

  useEffect(() => {
    if (!signedIn) return;
    const source = new EventSource(routes.poolEvents.path);
    const setLive = (live: boolean) => setState((before) => ({ ...before, live }));
    const onEvent = ({ data, lastEventId: id }: MessageEvent<string>) => {
      const parsed = poolEventSchema.safeParse(JSON.parse(data));
      if (!parsed.success) return;
      setState(({ events }) => {
        if (events.some((event) => event.id === id)) return { events, live: true };
        return { events: [{ ...parsed.data, id }, ...events].slice(0, maxShown), live: true };
      });
      void queries.invalidateQueries({ queryKey: aggregateKey });
    };
    source.addEventListener("open", () => setLive(true));
    source.addEventListener("error", () => setLive(false));
    // What was missed is gone: the sums tell how things stand.
    source.addEventListener("reset", () => void queries.invalidateQueries({ queryKey: aggregateKey }));
    for (const type of types) source.addEventListener(type, onEvent);
    return () => source.close();
  }, [signedIn, queries]);

  return state;
}
