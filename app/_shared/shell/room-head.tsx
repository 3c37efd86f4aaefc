"use client";

import { i18n } from "../text/i18n";

export interface RoomHeadProps {
  /** Both in English: pages are exported before the language is known. */
  title: string;
  lead: string;
}

/** In the browser's tab. Next's own titles are made at build time, before the language is known. */
export function PageTitle({ name }: { name: string }) {
  return <title>{`${name} · ShadowMesh`}</title>;
}

/** The name of a page, on it and in the browser's tab, and what it is for. */
export function RoomHead({ title, lead }: RoomHeadProps) {
  const name = i18n._(title);
  return (
    <>
      <PageTitle name={name} />
      <h1 className="font-semibold text-xl tracking-tight">{name}</h1>
      <p className="mb-4 text-muted">{i18n._(lead)}</p>
    </>
  );
}
