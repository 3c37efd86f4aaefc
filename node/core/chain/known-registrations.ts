import type { Hex } from "viem";
import { keepNewest } from "../keep-newest.ts";
import type { Registration } from "../schema.ts";
import type { Chain } from "./chain.ts";

/** How long the contract's word is taken for; somebody whom it did not name may have just registered. */
const lifetimesMs = { registered: 30_000, unregistered: 5_000 } as const;
/** While the chain is away, what it said last stands in for so long. */
const standInMs = 24 * 60 * 60_000;
const maxKnown = 10_000;

/**
 * What the contract says of a node, or said seconds ago: peers have us ask as often as they like. While the chain is away,
 * what it said last, for a day. Null for a node that is not registered, or not known.
 */
export type RegistrationOf = (peerId: Hex) => Promise<Registration | null>;

export function createRegistrationOf(chain: Pick<Chain, "state" | "nexus">, now: () => number): RegistrationOf {
  const known = new Map<Hex, { registration: Registration; readAtMs: number }>();
  /** When it was said of whom. Apart, so that IDs that somebody makes up displace nobody who is registered. */
  const unknownAtMs = new Map<Hex, number>();
  const asking = new Map<Hex, Promise<Registration | null>>();

  const remembered = (peerId: Hex, lifetimeMs: number) => {
    const entry = known.get(peerId);
    return entry !== undefined && now() - entry.readAtMs < lifetimeMs ? entry.registration : null;
  };
  const wasUnknown = (peerId: Hex) => {
    const readAtMs = unknownAtMs.get(peerId);
    return readAtMs !== undefined && now() - readAtMs < lifetimesMs.unregistered;
  };

  const ask = async (peerId: Hex) => {
    const registration = await chain.nexus.registrationOf(peerId);
    if (registration === null) {
      known.delete(peerId);
      keepNewest(unknownAtMs, peerId, now(), maxKnown);
    } else keepNewest(known, peerId, { registration, readAtMs: now() }, maxKnown);
    return registration;
  };

  return async (peerId) => {
    if (chain.state !== "connected") return remembered(peerId, standInMs);
    const fresh = remembered(peerId, lifetimesMs.registered);
    if (fresh !== null || wasUnknown(peerId)) return fresh;
    const answer = asking.get(peerId) ?? ask(peerId).finally(() => asking.delete(peerId));
    asking.set(peerId, answer);
    return answer.catch(() => remembered(peerId, standInMs));
  };
}

/** Whether the contract says that nobody registered a node; while the chain is away that is said of nobody. */
export const createIsUnregistered =
  (chain: Pick<Chain, "state">, registrationOf: RegistrationOf) =>
  async (peerId: Hex): Promise<boolean> =>
    chain.state === "connected" && (await registrationOf(peerId)) === null;
