import { randomBytes } from "node:crypto";
import { bytesToHex, type Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import { backboneErrors } from "../errors.ts";
import { type Challenges, challengeLifetimeMs, maxPerPeer, retentionMs } from "./challenges.ts";

/**
 * Challenges of a backbone with a database of its own: no other instance answers them, and a restart may lose them, so
 * they stay in memory, where signing in costs half of what it does with the embedded database.
 */
export function createOwnChallenges(config: { maxChallenges: number }, { now }: { now: () => number }): Challenges {
  // Maps keep insertion order: the first are the oldest.
  const waiting = new Map<Hex, { peerId: Hex; expiresAtMs: number }>();
  const ofPeers = new Map<Hex, Set<Hex>>();

  const take = (challenge: Hex) => {
    const taken = waiting.get(challenge);
    if (taken === undefined) return undefined;
    waiting.delete(challenge);
    const others = ofPeers.get(taken.peerId);
    others?.delete(challenge);
    if (others?.size === 0) ofPeers.delete(taken.peerId);
    return taken;
  };
  const dropExpired = () => {
    for (const [challenge, { expiresAtMs }] of waiting) {
      if (expiresAtMs >= now() - retentionMs) return;
      take(challenge);
    }
  };

  return {
    purge: async () => dropExpired(),
    async issue(peerId) {
      if (waiting.size >= config.maxChallenges) dropExpired();
      const own = ofPeers.get(peerId) ?? new Set<Hex>();
      const [oldest] = own;
      if (own.size >= maxPerPeer && oldest !== undefined) take(oldest);
      if (waiting.size >= config.maxChallenges) throw new ShadowMeshError(backboneErrors.AUTH_BUSY);
      const challenge = bytesToHex(randomBytes(32));
      const expiresAtMs = now() + challengeLifetimeMs;
      waiting.set(challenge, { peerId, expiresAtMs });
      ofPeers.set(peerId, own.add(challenge));
      return { challenge, expiresAtMs };
    },
    async consume(challenge, peerId) {
      const taken = take(challenge);
      if (taken === undefined) throw new ShadowMeshError(backboneErrors.CHALLENGE_UNKNOWN);
      if (taken.expiresAtMs <= now()) throw new ShadowMeshError(backboneErrors.CHALLENGE_EXPIRED);
      if (taken.peerId !== peerId) throw new ShadowMeshError(backboneErrors.PEER_ID_MISMATCH);
    },
  };
}
