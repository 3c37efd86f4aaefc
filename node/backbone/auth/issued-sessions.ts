import { setTimeout as delay } from "node:timers/promises";
import type { Hex } from "viem";
import type { Audit } from "../audit/index.ts";

/** How long the first session waits for others: nobody feels it, and a transaction takes half as long. */
const gatherMs = 25;
/** Sessions that one event tells of: details have at most 8 KiB. */
const maxTogether = 64;

export interface IssuedSession {
  readonly peerId: Hex;
  readonly jti: string;
}

interface Waiting extends IssuedSession {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Writes issued sessions into the audit log; resolves once it has them. What is issued within some milliseconds goes
 * together into one event: a row of the log costs more than all else that a sign-in does.
 *
 * @throws AUDIT_BUSY, DATABASE_UNAVAILABLE, DISK_FULL
 */
export function createIssuedSessions({ audit }: { audit: Audit }): (session: IssuedSession) => Promise<void> {
  let waiting: Waiting[] = [];
  let writing = false;

  async function write(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      await delay(gatherMs);
      const together = waiting.slice(0, maxTogether);
      waiting = waiting.slice(maxTogether);
      const sessions = together.map(({ peerId, jti }) => ({ peerId, jti }));
      try {
        await audit.record({ type: "sessions.issued", actor: null, subject: null, details: { sessions } });
        for (const { resolve } of together) resolve();
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    writing = false;
  }

  return (session) =>
    new Promise((resolve, reject) => {
      waiting.push({ ...session, resolve, reject });
      if (!writing) void write();
    });
}
