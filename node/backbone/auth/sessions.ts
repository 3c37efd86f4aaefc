import { randomUUID } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import { peerIdSchema } from "../../core/schema.ts";
import { backboneErrors } from "../errors.ts";
import type { SigningKeys } from "./signing-keys.ts";

const sessionLifetimeMs = 24 * 3_600_000;
const audience = "shadowmesh/backbone";

export interface Sessions {
  issue(peerId: Hex): Promise<{ token: string; expiresAtMs: number }>;
  /** The peer that a token was issued to. @throws SESSION_INVALID, DATABASE_UNAVAILABLE */
  verify(token: string): Promise<Hex>;
}

/** Session tokens: JWT (RFC 7519) by RS256, checked as RFC 8725 advises: one algorithm, one issuer, one audience. */
export function createSessions(
  config: { domain: StatementDomain },
  deps: { keys: SigningKeys; now: () => number },
): Sessions {
  // Backbones of one contract accept each other's tokens where they share a database, those of another never.
  const issuer = `shadowmesh/${config.domain.chainId}/${config.domain.nexusAddress.toLowerCase()}`;
  return {
    async issue(peerId) {
      const { kid, privateKey } = await deps.keys.current();
      const issuedAt = Math.floor(deps.now() / 1000);
      const expiresAt = issuedAt + sessionLifetimeMs / 1000;
      const token = await new SignJWT()
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(peerId)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(privateKey);
      return { token, expiresAtMs: expiresAt * 1000 };
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
