"use client";

import NextLink from "next/link";
import { type ComponentProps, useState } from "react";

/**
 * A link to a page of the console, which is loaded once somebody points at the link or comes to it by keyboard. Next would
 * load it on sight: all rooms of the navigation at once, while a phone still makes the page that was asked for.
 */
export function Link(props: Omit<ComponentProps<typeof NextLink>, "prefetch">) {
  const [wanted, setWanted] = useState(false);
  const want = () => setWanted(true);
  return <NextLink onFocus={want} onPointerEnter={want} {...props} prefetch={wanted ? null : false} />;
}
