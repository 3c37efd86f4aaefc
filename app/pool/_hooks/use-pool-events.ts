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

/** The browser comes back by itself where a stream ends, but not after an answer that is none: then the page does, this long after. */
const reopenMs = 3_000;

/** Follows the pool's events, and tells whoever serves them which it had last. */
export function usePoolEvents(): PoolEvents {
  const signedIn = useSession().data?.signedIn === true;
  const queries = useQueryClient();
  const [state, setState] = useState<PoolEvents>({ events: [], live: false });

  useEffect(() => {
    if (!signedIn) return;
    const setLive = (live: boolean) => setState((before) => ({ ...before, live }));
    const askSums = () => void queries.invalidateQueries({ queryKey: aggregateKey });
    const onEvent = ({ data, lastEventId: id }: MessageEvent<string>) => {
      const parsed = poolEventSchema.safeParse(JSON.parse(data));
      if (!parsed.success) return;
      setState(({ events }) => {
        if (events.some((event) => event.id === id)) return { events, live: true };
        return { events: [{ ...parsed.data, id }, ...events].slice(0, maxShown), live: true };
      });
      askSums();
    };
    let source: EventSource;
    let reopening: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource(routes.poolEvents.path);
      source.addEventListener("open", () => setLive(true));
      source.addEventListener("error", () => {
        setLive(false);
        if (source.readyState === EventSource.CLOSED) reopening = setTimeout(open, reopenMs);
      });
      // What was missed is gone: the sums tell how things stand.
      source.addEventListener("reset", askSums);
      for (const type of types) source.addEventListener(type, onEvent);
    };
    open();
    return () => {
      clearTimeout(reopening);
      source.close();
    };
  }, [signedIn, queries]);

  return state;
}
