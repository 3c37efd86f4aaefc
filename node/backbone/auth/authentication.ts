import type { KeyObject } from "node:crypto";
import { type Hex, hexToBytes } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import { authContext, verifyMlDsa87 } from "../../core/identity/index.ts";
import type { Refusals } from "../audit/index.ts";
import { backboneErrors } from "../errors.ts";
import type { Challenges } from "./challenges.ts";
import { createKnownKeys, type Keys } from "./known-keys.ts";
import type { Sessions } from "./sessions.ts";

/** Answers that are checked at once: a third of a second's work for two threads, and memory for their 10 KB each. */
export const maxChecks = 1_024;

/** What an honest node never meets: a challenge used twice, another's keys, a signature that is none. */
const forgeries = [backboneErrors.CHALLENGE_UNKNOWN, backboneErrors.PEER_ID_MISMATCH, backboneErrors.SIGNATURE_INVALID];

export interface Proof extends Keys {
  peerId: Hex;
  challenge: Hex;
  /** 4,627 bytes. */
  signature: Uint8Array;
}

export interface AuthenticationDeps {
  challenges: Challenges;
  sessions: Sessions;
  refusals: Pick<Refusals, "count">;
  /** @throws PEER_NOT_REGISTERED, CHAIN_UNREACHABLE */
  requireRegistered(peerId: Hex): Promise<void>;
}

export type Authenticate = (proof: Proof) => Promise<{ token: string; expiresAtMs: number }>;

/**
 * Makes the check of an answered challenge: it is fresh and this peer's, the keys give the peer ID, the ML-DSA-87
 * signature (FIPS 204) is over the challenge's 32 bytes, and the peer is registered and active.
 *
 * @throws AUTH_BUSY, CHALLENGE_UNKNOWN, CHALLENGE_EXPIRED, PEER_ID_MISMATCH, SIGNATURE_INVALID, PEER_NOT_REGISTERED, AUDIT_BUSY
 */
export function createAuthenticate(deps: AuthenticationDeps): Authenticate {
  const keyOf = createKnownKeys();
  let checks = 0;

  async function check({ peerId, challenge, signature, ...keys }: Proof) {
    await deps.challenges.consume(challenge, peerId);
    const publicKey = keyOf(peerId, keys);
    if (publicKey === null) throw new ShadowMeshError(backboneErrors.PEER_ID_MISMATCH);
    if (!(await isSigned({ publicKey, signature, challenge }))) {
      throw new ShadowMeshError(backboneErrors.SIGNATURE_INVALID);
    }
    await deps.requireRegistered(peerId);
    return deps.sessions.issue(peerId);
  }

  return async (proof) => {
    // Before the challenge is used up: it may be answered again in a moment.
    if (checks >= maxChecks) throw new ShadowMeshError(backboneErrors.AUTH_BUSY);
    checks += 1;
    try {
      return await check(proof);
    } catch (error) {
      const forgery = forgeries.find((definition) => ShadowMeshError.is(error, definition));
      if (forgery !== undefined) deps.refusals.count(proof.peerId, forgery.code);
      throw error;
    } finally {
      checks -= 1;
    }
  };
}

async function isSigned(input: { publicKey: KeyObject; signature: Uint8Array; challenge: Hex }): Promise<boolean> {
  const { publicKey, signature, challenge } = input;
  try {
    return await verifyMlDsa87({ publicKey, message: hexToBytes(challenge), signature, context: authContext });
  } catch {
    // OpenSSL throws on some bytes that are no key or signature.
    return false;
  }
}
