import type { Hex } from "viem";
import { keepNewest } from "../keep-newest.ts";
import type { Chain } from "./chain.ts";
import type { RegistrationOf } from "./known-registrations.ts";

/** A backbone that governance dismisses counts as one here for so long at the most. */
const lifetimeMs = 60 * 60_000;
const maxKnown = 1_000;

/** Whether the contract lists a peer as a backbone; while the chain is away, what was known last stands in. */
export type IsBackbone = (peerId: Hex) => Promise<boolean>;

export function createIsBackbone(deps: {
  chain: Pick<Chain, "state" | "nexus">;
  registrationOf: RegistrationOf;
  now: () => number;
}): IsBackbone {
  const { chain, registrationOf, now } = deps;
  const known = new Map<Hex, { listed: boolean; readAtMs: number }>();

  return async (peerId) => {
    const entry = known.get(peerId);
    if (entry !== undefined && now() - entry.readAtMs < lifetimeMs) return entry.listed;
    if (chain.state === "connected") {
      const listed = await chain.nexus.isBackbone(peerId).catch(() => null);
      if (listed !== null) {
        keepNewest(known, peerId, { listed, readAtMs: now() }, maxKnown);
        return listed;
      }
    }
    if (entry !== undefined) return entry.listed;
    const registration = await registrationOf(peerId);
    return registration?.active === true && registration.nodeType === "backbone_auth";
  };
}
