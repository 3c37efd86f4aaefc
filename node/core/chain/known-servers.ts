import type { Hex } from "viem";
import { keepNewest } from "../keep-newest.ts";
import type { Registration } from "../schema.ts";
import type { Chain } from "./chain.ts";

/** How long the contract's word is taken for; somebody whom it did not list may have just registered. */
const lifetimesMs = { listed: 10 * 60_000, unlisted: 30_000 } as const;
const maxKnown = 10_000;

/** Nodes that can be dialled serve the DHT (docs/adr/0005). */
export const servesDht = (registration: Registration | null): registration is Registration =>
  registration?.active === true && registration.nodeType !== "light_private";

/**
 * Whether the contract lists a peer as one that serves the DHT of a region, or of any where that is null; while the chain
 * is away, what it said last. A node that the chain has told nothing yet takes everybody's own word for it.
 */
export function createMayServeDht(deps: { chain: Pick<Chain, "state" | "nexus">; now: () => number }) {
  const { chain, now } = deps;
  const known = new Map<Hex, { registration: Registration | null; readAtMs: number }>();
  const asking = new Map<Hex, Promise<void>>();

  const ask = async (peerId: Hex) => {
    const registration = await chain.nexus.registrationOf(peerId);
    keepNewest(known, peerId, { registration, readAtMs: now() }, maxKnown);
  };

  return async (peerId: Hex, region: string | null): Promise<boolean> => {
    const entry = known.get(peerId);
    const lifetimeMs = lifetimesMs[servesDht(entry?.registration ?? null) ? "listed" : "unlisted"];
    const isFresh = entry !== undefined && now() - entry.readAtMs < lifetimeMs;
    if (!isFresh && chain.state === "connected") {
      // Both DHTs ask at once.
      const answer = asking.get(peerId) ?? ask(peerId).finally(() => asking.delete(peerId));
      asking.set(peerId, answer);
      await answer.catch(() => undefined);
    }
    const registration = known.get(peerId)?.registration;
    if (registration === undefined) return known.size === 0;
    return servesDht(registration) && (region === null || registration.region === region);
  };
}
