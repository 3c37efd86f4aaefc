import { eq, lt, sql } from "drizzle-orm";
import { ShadowMeshError } from "../../core/errors.ts";
import { networkOf } from "../client-network.ts";
import { adminAttempts, type Database } from "../database/index.ts";
import { adminErrors } from "./errors.ts";

/** Failures before a first lock-out. Many people may share an address, but an account is one's own. */
const allowed = { account: 5, address: 20 } as const;
/** A lock-out's first length; each further failure doubles it. */
const lockOutMs = 60_000;
const longestLockOutMs = 3_600_000;
/** Failures are forgotten after a day without one. Until then each costs an hour: 24 guesses a day of a million codes. */
const memoryMs = 24 * 3_600_000;

export interface Attempt {
  /** Takes back what the attempt was counted as, since it succeeded. */
  succeeded(): Promise<void>;
  /** Whom it locks out if it fails: once each time that somebody is. */
  readonly locksOut: readonly ("account" | "address")[];
}

export interface LockOut {
  /**
   * Counts an attempt before it is checked, so that many at once get no further than one after the other.
   *
   * @throws ADMIN_LOCKED
   */
  attempt(who: { account?: string; address: string }): Promise<Attempt>;
  purge(): Promise<void>;
}

/** Locks accounts and addresses out that fail too often, at all instances on one database. */
export function createLockOut(deps: { database: Database; now: () => number }): LockOut {
  const { database, now } = deps;

  /** Whether this attempt is one too many, so that no other is let through for a while. */
  async function count(key: string, max: number): Promise<boolean> {
    const nowMs = now();
    const failures = sql<number>`CASE WHEN ${adminAttempts.lastAtMs} < ${nowMs - memoryMs} THEN 1 ELSE ${adminAttempts.failures} + 1 END`;
    const locked = (count: typeof failures) => sql<number>`CASE WHEN ${count} < ${max} THEN 0 ELSE
      ${nowMs}::bigint + least(${longestLockOutMs}::bigint, (${lockOutMs} * power(2, least(${count} - ${max}, 30)))::bigint) END`;
    const attempt = await database.run(async (db) => {
      const [counted] = await db
        .insert(adminAttempts)
        .values({ key, failures: 1, lastAtMs: nowMs, lockedUntilMs: 0 })
        .onConflictDoUpdate({
          target: adminAttempts.key,
          set: { failures, lastAtMs: nowMs, lockedUntilMs: locked(failures) },
          setWhere: sql`${adminAttempts.lockedUntilMs} <= ${nowMs}`,
        })
        .returning();
      if (counted !== undefined) return { ...counted, refused: false };
      const [row] = await db.select().from(adminAttempts).where(eq(adminAttempts.key, key));
      return { lockedUntilMs: row?.lockedUntilMs ?? 0, refused: row !== undefined };
    });
    const { lockedUntilMs, refused } = attempt;
    if (!refused) return lockedUntilMs > nowMs;
    throw new ShadowMeshError(adminErrors.ADMIN_LOCKED, { details: { retryAfterMs: lockedUntilMs - nowMs } });
  }

  return {
    async attempt({ account, address }) {
      const addressKey = `address ${networkOf(address)}`;
      const accountKey = account === undefined ? undefined : `account ${account}`;
      const locksOut: ("account" | "address")[] = [];
      if (await count(addressKey, allowed.address)) locksOut.push("address");
      if (accountKey !== undefined && (await count(accountKey, allowed.account))) locksOut.push("account");
      return {
        locksOut,
        succeeded: () =>
          database.run(async (db) => {
            // One's own account must not clear the address, from which others may be tried.
            await db
              .update(adminAttempts)
              .set({ failures: sql`greatest(${adminAttempts.failures} - 1, 0)`, lockedUntilMs: 0 })
              .where(eq(adminAttempts.key, addressKey));
            if (accountKey !== undefined) await db.delete(adminAttempts).where(eq(adminAttempts.key, accountKey));
          }),
      };
    },
    async purge() {
      await database.run((db) => db.delete(adminAttempts).where(lt(adminAttempts.lastAtMs, now() - memoryMs)));
    },
  };
}
