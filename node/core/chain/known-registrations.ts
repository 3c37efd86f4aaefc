import type { Hex } from "viem";
import { keepNewest } from "../keep-newest.ts";
import type { Registration } from "../schema.ts";
import type { Chain } from "./chain.ts";

/** While the chain is away, what it said last stands in for so long. */
const standInMs = 24 * 60 * 60_000;
const maxKnown = 10_000;

/**
 * What the contract says of a node; while the chain is away, what it said last, for a day. Null for a node that is not
 * registered, or not known.
 */
export type RegistrationOf = (peerId: Hex) => Promise<Registration | null>;

export function createRegistrationOf(chain: Pick<Chain, "state" | "nexus">, now: () => number): RegistrationOf {
  const known = new Map<Hex, { registration: Registration; readAtMs: number }>();

  const remembered = (peerId: Hex) => {
    const entry = known.get(peerId);
    return entry !== undefined && now() - entry.readAtMs < standInMs ? entry.registration : null;
  };

  return async (peerId) => {
    if (chain.state !== "connected") return remembered(peerId);
    try {
      const registration = await chain.nexus.registrationOf(peerId);
      if (registration === null) known.delete(peerId);
      else keepNewest(known, peerId, { registration, readAtMs: now() }, maxKnown);
      return registration;
    } catch {
      return remembered(peerId);
    }
  };
}

/** Whether the contract says that nobody registered a node; while the chain is away that is said of nobody. */
export const createIsUnregistered =
  (chain: Pick<Chain, "state">, registrationOf: RegistrationOf) =>
  async (peerId: Hex): Promise<boolean> =>
    chain.state === "connected" && (await registrationOf(peerId)) === null;
