import type { Hex } from "viem";
import type { Audit } from "../audit/index.ts";

/** How long the first session waits for others at the most: nobody feels it, and a transaction takes a tenth of it. */
const gatherMs = 25;
/** Sessions that one event tells of. More would wait for each other while nobody is checked (test/bench/auth). */
const maxTogether = 32;

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
  /** Called once enough wait to be written. */
  let onFull = () => {};

  /** Until an event's worth of sessions waits, or the first has waited for long enough. */
  function gathered(): Promise<void> {
    if (waiting.length >= maxTogether) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      onFull = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function write(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      await gathered();
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
      else if (waiting.length === maxTogether) onFull();
    });
}
