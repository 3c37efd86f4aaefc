import { randomBytes } from "node:crypto";
import { eq, lt, sql } from "drizzle-orm";
import { bytesToHex, type Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import { challenges, type Database } from "../database/index.ts";
import { backboneErrors } from "../errors.ts";

/** Long enough for one round trip and a signature on a slow device. */
export const challengeLifetimeMs = 30_000;
/** How long a challenge that ran out is still told apart from one that never was. */
export const retentionMs = 30_000;
/** Of one peer; its oldest gives way, so that nobody can lock a peer out by asking in its name. */
export const maxPerPeer = 16;
/** Counting a full table is work, and who fills it would like to cause it. */
const recountMs = 1_000;

export interface Challenges {
  /** @throws AUTH_BUSY, DATABASE_UNAVAILABLE */
  issue(peerId: Hex): Promise<{ challenge: Hex; expiresAtMs: number }>;
  /**
   * Takes a challenge out of the world; whatever comes of the attempt, it can't be answered again.
   *
   * @throws CHALLENGE_UNKNOWN, CHALLENGE_EXPIRED, PEER_ID_MISMATCH, DATABASE_UNAVAILABLE
   */
  consume(challenge: Hex, peerId: Hex): Promise<void>;
  /** Deletes what ran out. */
  purge(): Promise<void>;
}

/** Challenges in the database that instances share: issued by one, they may be answered to another. */
export function createSharedChallenges(
  config: { maxChallenges: number },
  deps: { database: Database; now: () => number },
): Challenges {
  const { database, now } = deps;
  /** What this instance knows of the table's size: counted at each purge, grown by its own since. */
  let waiting = 0;
  let countedAtMs = 0;

  async function purge(): Promise<void> {
    countedAtMs = now();
    waiting = await database.run(async (db) => {
      await db.delete(challenges).where(lt(challenges.expiresAtMs, now() - retentionMs));
      return db.$count(challenges);
    });
  }

  return {
    purge,
    async issue(peerId) {
      if (waiting >= config.maxChallenges && now() >= countedAtMs + recountMs) await purge();
      if (waiting >= config.maxChallenges) throw new ShadowMeshError(backboneErrors.AUTH_BUSY);
      const challenge = bytesToHex(randomBytes(32));
      const expiresAtMs = now() + challengeLifetimeMs;
      await database.run((db) =>
        db.execute(sql`
          WITH surplus AS (
            DELETE FROM ${challenges} WHERE challenge IN (
              SELECT challenge FROM ${challenges} WHERE peer_id = ${peerId}
              ORDER BY expires_at_ms DESC OFFSET ${maxPerPeer - 1}
            )
          )
          INSERT INTO ${challenges} (challenge, peer_id, expires_at_ms) VALUES (${challenge}, ${peerId}, ${expiresAtMs})
        `),
      );
      waiting += 1;
      return { challenge, expiresAtMs };
    },
    async consume(challenge, peerId) {
      const [taken] = await database.run((db) =>
        db.delete(challenges).where(eq(challenges.challenge, challenge)).returning(),
      );
      if (taken === undefined) throw new ShadowMeshError(backboneErrors.CHALLENGE_UNKNOWN);
      waiting = Math.max(0, waiting - 1);
      if (taken.expiresAtMs <= now()) throw new ShadowMeshError(backboneErrors.CHALLENGE_EXPIRED);
      if (taken.peerId !== peerId) throw new ShadowMeshError(backboneErrors.PEER_ID_MISMATCH);
    },
  };
}
