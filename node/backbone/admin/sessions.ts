import { randomUUID } from "node:crypto";
import { and, desc, eq, gt, lt, or } from "drizzle-orm";
import { type AdminClaims, adminSessions, type Database } from "../database/index.ts";
import { createToken, hashToken } from "../secrets.ts";

/** How exactly the last use is kept: writing it at each request would cost more than the request. */
const usePrecisionMs = 10_000;
/** A header is the sender's to choose. */
const maxUserAgent = 200;

export type AdminSession = typeof adminSessions.$inferSelect;

export interface AdminSessions {
  /** Opens a session whose second factor is still to come; under a new cookie. */
  open(who: {
    account: string;
    claims: AdminClaims;
    address: string;
    userAgent: string;
  }): Promise<{ cookie: string; session: AdminSession }>;
  /** The session of a cookie; null where there is none, or none any more. */
  find(cookie: string | undefined): Promise<AdminSession | null>;
  /** Notes that the second factor was shown, under a new cookie: one that was known before is worth nothing then. */
  confirm(session: AdminSession): Promise<{ cookie: string; session: AdminSession } | null>;
  list(account: string): Promise<AdminSession[]>;
  /** Ends a session of an account; false where it has none of that ID. */
  close(account: string, id: string): Promise<boolean>;
  purge(): Promise<void>;
}

export function createAdminSessions(
  config: { idleMs: number; lifetimeMs: number },
  { database, now }: { database: Database; now: () => number },
): AdminSessions {
  const alive = () =>
    and(gt(adminSessions.createdAtMs, now() - config.lifetimeMs), gt(adminSessions.usedAtMs, now() - config.idleMs));

  return {
    async open({ account, claims, address, userAgent }) {
      const cookie = createToken();
      const session = {
        tokenHash: hashToken(cookie),
        id: randomUUID(),
        account,
        claims,
        csrfToken: createToken(),
        secondFactorAtMs: null,
        createdAtMs: now(),
        usedAtMs: now(),
        address,
        userAgent: userAgent.slice(0, maxUserAgent),
      };
      await database.run((db) => db.insert(adminSessions).values(session));
      return { cookie, session };
    },
    async find(cookie) {
      if (!cookie) return null;
      const [session] = await database.run((db) =>
        db
          .select()
          .from(adminSessions)
          .where(and(eq(adminSessions.tokenHash, hashToken(cookie)), alive())),
      );
      if (session === undefined) return null;
      if (session.usedAtMs <= now() - Math.min(usePrecisionMs, config.idleMs / 4)) {
        await database.run((db) =>
          db.update(adminSessions).set({ usedAtMs: now() }).where(eq(adminSessions.id, session.id)),
        );
      }
      return session;
    },
    async confirm({ tokenHash }) {
      const cookie = createToken();
      const [session] = await database.run((db) =>
        db
          .update(adminSessions)
          .set({ tokenHash: hashToken(cookie), csrfToken: createToken(), secondFactorAtMs: now() })
          .where(eq(adminSessions.tokenHash, tokenHash))
          .returning(),
      );
      return session === undefined ? null : { cookie, session };
    },
    list: (account) =>
      database.run((db) =>
        db
          .select()
          .from(adminSessions)
          .where(and(eq(adminSessions.account, account), alive()))
          .orderBy(desc(adminSessions.createdAtMs)),
      ),
    async close(account, id) {
      const closed = await database.run((db) =>
        db
          .delete(adminSessions)
          .where(and(eq(adminSessions.account, account), eq(adminSessions.id, id)))
          .returning({ id: adminSessions.id }),
      );
      return closed.length > 0;
    },
    async purge() {
      await database.run((db) =>
        db
          .delete(adminSessions)
          .where(
            or(
              lt(adminSessions.createdAtMs, now() - config.lifetimeMs),
              lt(adminSessions.usedAtMs, now() - config.idleMs),
            ),
          ),
      );
    },
  };
}
