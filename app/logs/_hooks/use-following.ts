"use client";

import { type RefCallback, useCallback, useRef, useState } from "react";
import { flushSync } from "react-dom";

/** A fraction of a pixel is left where the page is zoomed. */
const slackPx = 2;

export interface Following {
  /** The ref of the box, whose first child is its content. */
  attach: RefCallback<HTMLElement>;
  /** Whether the box stays at its end. */
  following: boolean;
  follow: (following: boolean) => void;
  /** Draws more at the beginning; what is in sight stays in sight. */
  prepend: (draw: () => void) => void;
}

/**
 * Keeps a box that scrolls at its end while its content grows, before it is painted, until its reader scrolls up; who
 * comes back to the end follows again.
 */
export function useFollowing(): Following {
  const [following, setFollowing] = useState(true);
  const box = useRef<HTMLElement>(null);
  /** As `following`, for what happens between two drawings; and where the box was scrolled to. */
  const now = useRef({ following: true, topPx: 0 });

  const toEnd = useCallback(() => {
    if (!box.current || !now.current.following) return;
    box.current.scrollTop = box.current.scrollHeight;
    now.current.topPx = box.current.scrollTop;
  }, []);

  const follow = useCallback(
    (next: boolean) => {
      now.current.following = next;
      setFollowing(next);
      toEnd();
    },
    [toEnd],
  );

  const attach = useCallback(
    (element: HTMLElement) => {
      box.current = element;
      now.current.topPx = element.scrollTop;
      const onScroll = () => {
        const fromPx = now.current.topPx;
        now.current.topPx = element.scrollTop;
        const atEnd = element.scrollHeight - element.clientHeight - element.scrollTop <= slackPx;
        // Where it stands still, its content has grown: that is not its reader's doing.
        if (element.scrollTop < fromPx && !atEnd) follow(false);
        else if (element.scrollTop > fromPx && atEnd) follow(true);
      };
      element.addEventListener("scroll", onScroll, { passive: true });
      const sizes = new ResizeObserver(toEnd);
      sizes.observe(element);
      if (element.firstElementChild) sizes.observe(element.firstElementChild);
      return () => {
        sizes.disconnect();
        element.removeEventListener("scroll", onScroll);
        box.current = null;
      };
    },
    [follow, toEnd],
  );

  const prepend = (draw: () => void) => {
    const element = box.current;
    if (!element) return;
    const fromEndPx = element.scrollHeight - element.scrollTop;
    flushSync(draw);
    element.scrollTop = element.scrollHeight - fromEndPx;
  };
  return { attach, following, follow, prepend };
}
