"use client";

import { useState } from "react";
import type { NodeType } from "../../../node/core/schema.ts";
import { formatNumber } from "../../_shared/node/format.ts";
import { i18n } from "../../_shared/text/i18n.ts";

export type LightType = Exclude<NodeType, "backbone_auth">;

/** What an operator offers. */
export interface Offer {
  nodeType: LightType;
  region: string;
  bandwidthMbps: number;
}

export const bandwidthRange = { min: 5, max: 1_000, step: 5 } as const;
/** Beyond it a figure is a slip of the finger: 100 Gbit/s. */
export const maxBandwidthMbps = 100_000;

/** The region that the system's time zone suggests, or nothing: a wrong guess is worse than none. */
export function guessRegion(timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  const [area = "", place = ""] = timeZone.split("/");
  if (area === "Europe") return "europe";
  if (area === "Africa") return "africa";
  if (area === "Australia" || area === "Pacific") return "oceania";
  if (area === "Asia")
    return /Dubai|Riyadh|Qatar|Kuwait|Baghdad|Tehran|Beirut|Amman|Jerusalem/.test(place)
      ? "middle_east"
      : "asia_pacific";
  if (area === "US" || area === "Canada") return "north_america";
  return "";
}

/** The type that a link to this page names. */
export function typeFromSearch(search: string): LightType | undefined {
  const named = new URLSearchParams(search).get("type");
  return named === "private" || named === "public" ? `light_${named}` : undefined;
}

export function useOffer(initial: () => Offer) {
  const [offer, setOffer] = useState(initial);
  const change = (part: Partial<Offer>) => setOffer((before) => ({ ...before, ...part }));
  return { offer, change };
}

/** What is wrong with an offer, field by field. */
export function offerErrors(offer: Offer, regions: readonly string[]) {
  const { bandwidthMbps, region } = offer;
  const whole = Number.isInteger(bandwidthMbps) && bandwidthMbps >= 1 && bandwidthMbps <= maxBandwidthMbps;
  return {
    region: regions.includes(region) ? null : i18n._("Choose where the node stands."),
    bandwidth: whole
      ? null
      : i18n._("Enter a whole number from 1 to {most} Mbit/s.", { most: formatNumber(maxBandwidthMbps) }),
  };
}
