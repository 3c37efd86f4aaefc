"use client";

import { type ComponentType, startTransition, useEffect, useState } from "react";
import { NotLoaded } from "./not-loaded";

const retryMs = 3_000;

interface LaterOptions<P> {
  /** @default nothing */
  loading?: ComponentType;
  /** What is shown while the code cannot be loaded. @default says so: above the page for what has `onClose`, else in place */
  failed?: ComponentType<P>;
}

/**
 * A component whose code is loaded once it is shown. Where the daemon has stopped or was replaced, that fails: it says so
 * and goes on trying. `next/dynamic` would keep the failure for as long as the page lives, and put it in the page's place.
 */
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  { loading: Loading, failed: Failed = NotLoaded }: LaterOptions<P> = {},
): ComponentType<P> {
  let known: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [Loaded, setLoaded] = useState(() => known);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (known) return;
      let over = false;
      let timer = 0;
      const attempt = async () => {
        try {
          const component = await load();
          known = component;
          // Drawn in slices, between which the page listens.
          if (!over) startTransition(() => setLoaded(() => component));
        } catch {
          if (over) return;
          setFailed(true);
          timer = window.setTimeout(attempt, retryMs);
        }
      };
      void attempt();
      return () => {
        over = true;
        window.clearTimeout(timer);
      };
    }, []);
    if (Loaded) return <Loaded {...props} />;
    if (failed) return <Failed {...props} />;
    return Loading && <Loading />;
  };
}
