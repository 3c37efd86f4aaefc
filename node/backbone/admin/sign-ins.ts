import { eq, lt } from "drizzle-orm";
import { ShadowMeshError } from "../../core/errors.ts";
import { adminSignIns, type Database } from "../database/index.ts";
import { createToken, hashToken } from "../secrets.ts";
import { adminErrors } from "./errors.ts";
import type { SignInChecks } from "./issuer.ts";

export const signInLifetimeMs = 10 * 60_000;

/** Sign-ins under way: whichever instance gets the answer finishes what another one began. */
export interface SignIns {
  /** Keeps what the answer will be checked against; returns the browser's cookie. */
  begin(checks: SignInChecks): Promise<string>;
  /** Takes a sign-in out of the world: it can't be answered again. @throws ADMIN_SIGN_IN_INVALID */
  take(cookie: string | undefined): Promise<SignInChecks>;
  purge(): Promise<void>;
}

export function createSignIns({ database, now }: { database: Database; now: () => number }): SignIns {
  return {
    async begin({ state, nonce, codeVerifier }) {
      const cookie = createToken();
      const expiresAtMs = now() + signInLifetimeMs;
      const row = { cookieHash: hashToken(cookie), state, nonce, codeVerifier, expiresAtMs };
      await database.run((db) => db.insert(adminSignIns).values(row));
      return cookie;
    },
    async take(cookie = "") {
      const [taken] = await database.run((db) =>
        db
          .delete(adminSignIns)
          .where(eq(adminSignIns.cookieHash, hashToken(cookie)))
          .returning(),
      );
      if (taken === undefined || taken.expiresAtMs <= now()) {
        throw new ShadowMeshError(adminErrors.ADMIN_SIGN_IN_INVALID);
      }
      return taken;
    },
    async purge() {
      await database.run((db) => db.delete(adminSignIns).where(lt(adminSignIns.expiresAtMs, now())));
    },
  };
}
