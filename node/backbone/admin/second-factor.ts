import { randomInt } from "node:crypto";
import { and, eq, lt } from "drizzle-orm";
import { generateSecret, generateURI, verifySync } from "otplib";
import { ShadowMeshError } from "../../core/errors.ts";
import { adminRecoveryCodes, adminSecondFactors, type Database } from "../database/index.ts";
import { hashToken } from "../secrets.ts";
import { adminErrors } from "./errors.ts";
import type { Sealing } from "./sealing.ts";

const stepS = 30;
const recoveryCodes = 10;
/** 16 of 32 signs are 80 bits: nobody guesses them, so that their SHA-256 may be read. */
const recoverySigns = "abcdefghijkmnpqrstuvwxyz23456789";
const recoveryLength = 16;

/** TOTP (RFC 6238) of six digits, steps of 30 s and one step of drift, and recovery codes for when the device is lost. */
export interface SecondFactors {
  /** Whether a first code was shown. */
  enrolled(account: string): Promise<boolean>;
  /** Makes a secret that replaces the one in use once its first code is shown; the URI is not shown again. */
  enrol(account: string, label: string): Promise<{ otpauthUri: string }>;
  /** Whether a new secret waits for its first code. */
  pending(account: string): Promise<boolean>;
  /**
   * Shows the first code of a new secret; returns new recovery codes.
   *
   * @throws SECOND_FACTOR_INVALID, SECOND_FACTOR_MISSING, SECOND_FACTOR_UNREADABLE
   */
  confirm(account: string, code: string): Promise<string[]>;
  /** @throws SECOND_FACTOR_INVALID, SECOND_FACTOR_REPLAYED, SECOND_FACTOR_MISSING, SECOND_FACTOR_UNREADABLE */
  verify(account: string, code: string): Promise<void>;
  /** Uses a recovery code up; returns how many are left. @throws RECOVERY_CODE_INVALID */
  recover(account: string, code: string): Promise<number>;
  /** Replaces all recovery codes. */
  renewRecoveryCodes(account: string): Promise<string[]>;
}

export interface SecondFactorDeps {
  database: Database;
  sealing: Sealing;
  now: () => number;
}

export function createSecondFactors({ database, sealing, now }: SecondFactorDeps): SecondFactors {
  const find = async (account: string) => {
    const [row] = await database.run((db) =>
      db.select().from(adminSecondFactors).where(eq(adminSecondFactors.account, account)),
    );
    return row;
  };

  /** The time step that a code is of. @throws SECOND_FACTOR_INVALID */
  function stepOf(secret: string, token: string): number {
    const result = verifySync({ secret, token, period: stepS, epochTolerance: stepS, epoch: Math.floor(now() / 1000) });
    if (!result.valid || !("timeStep" in result)) throw new ShadowMeshError(adminErrors.SECOND_FACTOR_INVALID);
    return result.timeStep;
  }

  function renewRecoveryCodes(account: string): Promise<string[]> {
    const codes = Array.from({ length: recoveryCodes }, createRecoveryCode);
    return database.run((db) =>
      db.transaction(async (tx) => {
        await tx.delete(adminRecoveryCodes).where(eq(adminRecoveryCodes.account, account));
        await tx
          .insert(adminRecoveryCodes)
          .values(codes.map((code) => ({ account, codeHash: hashRecoveryCode(code) })));
        return codes;
      }),
    );
  }

  return {
    enrolled: async (account) => typeof (await find(account))?.secret === "string",
    pending: async (account) => typeof (await find(account))?.pendingSecret === "string",
    renewRecoveryCodes,
    async enrol(account, label) {
      const secret = generateSecret();
      const pendingSecret = sealing.seal(secret, account);
      await database.run((db) =>
        db
          .insert(adminSecondFactors)
          .values({ account, pendingSecret, lastStep: 0 })
          .onConflictDoUpdate({ target: adminSecondFactors.account, set: { pendingSecret } }),
      );
      return { otpauthUri: generateURI({ issuer: "ShadowMesh", label, secret, period: stepS }) };
    },
    async confirm(account, code) {
      const pendingSecret = (await find(account))?.pendingSecret ?? null;
      if (pendingSecret === null) throw new ShadowMeshError(adminErrors.SECOND_FACTOR_MISSING);
      const lastStep = stepOf(sealing.open(pendingSecret, account), code);
      const confirmed = await database.run((db) =>
        db
          .update(adminSecondFactors)
          .set({ secret: pendingSecret, pendingSecret: null, lastStep })
          .where(and(eq(adminSecondFactors.account, account), eq(adminSecondFactors.pendingSecret, pendingSecret)))
          .returning({ account: adminSecondFactors.account }),
      );
      if (confirmed.length === 0) throw new ShadowMeshError(adminErrors.SECOND_FACTOR_REPLAYED);
      return renewRecoveryCodes(account);
    },
    async verify(account, code) {
      const sealed = (await find(account))?.secret ?? null;
      if (sealed === null) throw new ShadowMeshError(adminErrors.SECOND_FACTOR_MISSING);
      const secret = sealing.open(sealed, account);
      const step = stepOf(secret, code);
      // One statement: of two that show the same code at once, at two instances, one finds it used.
      const used = await database.run((db) =>
        db
          .update(adminSecondFactors)
          // Sealed anew: one that an old secret had sealed is under the newest from here on.
          .set({ lastStep: step, secret: sealing.seal(secret, account) })
          .where(
            and(
              eq(adminSecondFactors.account, account),
              eq(adminSecondFactors.secret, sealed),
              lt(adminSecondFactors.lastStep, step),
            ),
          )
          .returning({ account: adminSecondFactors.account }),
      );
      if (used.length === 0) throw new ShadowMeshError(adminErrors.SECOND_FACTOR_REPLAYED);
    },
    async recover(account, code) {
      return database.run(async (db) => {
        const used = await db
          .delete(adminRecoveryCodes)
          .where(and(eq(adminRecoveryCodes.account, account), eq(adminRecoveryCodes.codeHash, hashRecoveryCode(code))))
          .returning({ account: adminRecoveryCodes.account });
        if (used.length === 0) throw new ShadowMeshError(adminErrors.RECOVERY_CODE_INVALID);
        return db.$count(adminRecoveryCodes, eq(adminRecoveryCodes.account, account));
      });
    },
  };
}

/** Four groups of four, without signs that look alike. */
function createRecoveryCode(): string {
  const signs = Array.from({ length: recoveryLength }, () => recoverySigns[randomInt(recoverySigns.length)]).join("");
  return (signs.match(/.{4}/g) ?? []).join("-");
}

/** However it was typed. */
const hashRecoveryCode = (code: string) => hashToken(code.toLowerCase().replace(/[\s-]/g, ""));
