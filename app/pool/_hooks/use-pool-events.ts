"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { poolEventTypes } from "../../../node/api/vocabulary.ts";
import type { PoolEvent } from "../../../node/backbone/pool/api.ts";
import { addresses } from "../../_shared/node/addresses";
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
    const onEvent = (event: PoolEvent, id: string) => {
      setState(({ events }) => {
        if (events.some((known) => known.id === id)) return { events, live: true };
        return { events: [{ ...event, id }, ...events].slice(0, maxShown), live: true };
      });
      askSums();
    };
    const ended = new AbortController();
    let source: EventSource | undefined;
    let reopening: ReturnType<typeof setTimeout> | undefined;
    // One after the other: the first waits for the definitions.
    let checked = Promise.resolve();
    const take = async ({ data, lastEventId }: MessageEvent<string>) => {
      const { output } = (await import("../../_shared/node/definitions")).routes.poolEvents;
      // The daemon hands on what a backbone says, which may be a stranger's.
      const parsed = output.safeParse(JSON.parse(data));
      if (parsed.success && !ended.signal.aborted) onEvent(parsed.data, lastEventId);
    };
    const open = () => {
      const opened = new EventSource(addresses.poolEvents.path);
      source = opened;
      opened.addEventListener("open", () => setLive(true));
      opened.addEventListener("error", () => {
        setLive(false);
        if (opened.readyState === EventSource.CLOSED) reopening = setTimeout(open, reopenMs);
      });
      // What was missed is gone: the sums tell how things stand.
      opened.addEventListener("reset", askSums);
      for (const type of poolEventTypes) {
        opened.addEventListener(type, (event: MessageEvent<string>) => {
          checked = checked.then(() => take(event)).catch(askSums);
        });
      }
    };
    open();
    return () => {
      ended.abort();
      clearTimeout(reopening);
      source?.close();
    };
  }, [signedIn, queries]);

  return state;
}
