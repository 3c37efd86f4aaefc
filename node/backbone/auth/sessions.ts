import { randomUUID, sign } from "node:crypto";
import { promisify } from "node:util";
import { errors, jwtVerify } from "jose";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import { peerIdSchema } from "../../core/schema.ts";
import type { Audit } from "../audit/index.ts";
import { backboneErrors } from "../errors.ts";
import { createIssuedSessions } from "./issued-sessions.ts";
import type { SigningKeys } from "./signing-keys.ts";

const sessionLifetimeMs = 24 * 3_600_000;
const audience = "shadowmesh/backbone";

const signOnPool = promisify(sign);

export interface Sessions {
  /** Answers once the audit log has it. @throws AUDIT_BUSY, DATABASE_UNAVAILABLE, DISK_FULL */
  issue(peerId: Hex): Promise<{ token: string; expiresAtMs: number }>;
  /** The peer that a token was issued to. @throws SESSION_INVALID, DATABASE_UNAVAILABLE */
  verify(token: string): Promise<Hex>;
}

/** Session tokens: JWT (RFC 7519) by RS256, checked as RFC 8725 advises: one algorithm, one issuer, one audience. */
export function createSessions(
  config: { domain: StatementDomain },
  deps: { keys: SigningKeys; audit: Audit; now: () => number },
): Sessions {
  // Backbones of one contract accept each other's tokens where they share a database, those of another never.
  const issuer = `shadowmesh/${config.domain.chainId}/${config.domain.nexusAddress.toLowerCase()}`;
  const log = createIssuedSessions(deps);
  return {
    async issue(peerId) {
      const { kid, privateKey } = await deps.keys.current();
      const iat = Math.floor(deps.now() / 1000);
      const exp = iat + sessionLifetimeMs / 1000;
      const jti = randomUUID();
      const claims = { iss: issuer, aud: audience, sub: peerId, jti, iat, exp };
      const content = `${encode({ alg: "RS256", typ: "JWT", kid })}.${encode(claims)}`;
      // Not by jose: the way through its checks and WebCrypto takes as long as RSA itself (test/bench/auth).
      const signature = await signOnPool("sha256", Buffer.from(content), privateKey);
      const token = `${content}.${signature.toString("base64url")}`;
      await log({ peerId, jti });
      return { token, expiresAtMs: exp * 1000 };
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(
          token,
          async ({ kid }) => {
            const key = kid === undefined ? undefined : await deps.keys.find(kid);
            if (key === undefined) throw new errors.JWKSNoMatchingKey();
            return key;
          },
          {
            algorithms: ["RS256"],
            typ: "JWT",
            issuer,
            audience,
            requiredClaims: ["exp", "sub", "jti"],
            currentDate: new Date(deps.now()),
          },
        );
        return peerIdSchema.parse(payload.sub);
      } catch (cause) {
        if (ShadowMeshError.is(cause)) throw cause;
        const reason = cause instanceof errors.JWTExpired ? "expired" : "invalid";
        throw new ShadowMeshError(backboneErrors.SESSION_INVALID, { cause, details: { reason } });
      }
    },
  };
}

/** A part of a JWS (RFC 7515, section 3.1). */
function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
