import { errors } from "jose";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import { peerIdSchema } from "../../core/schema.ts";
import type { Audit } from "../audit/index.ts";
import { backboneErrors } from "../errors.ts";
import { createIssuedSessions } from "./issued-sessions.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { createTokens } from "./tokens.ts";

const lifetimeMs = 24 * 3_600_000;
const audience = "shadowmesh/backbone";

export interface Sessions {
  /** Answers once the audit log has it. @throws AUDIT_BUSY, DATABASE_UNAVAILABLE, DISK_FULL */
  issue(peerId: Hex): Promise<{ token: string; expiresAtMs: number }>;
  /** The peer that a token was issued to. @throws SESSION_INVALID, DATABASE_UNAVAILABLE */
  verify(token: string): Promise<Hex>;
}

/** Session tokens of peers that proved their identity. */
export function createSessions(
  { domain }: { domain: StatementDomain },
  deps: { keys: SigningKeys; audit: Audit; now: () => number },
): Sessions {
  const tokens = createTokens({ domain, audience, lifetimeMs, algorithm: "HS256" }, deps);
  const log = createIssuedSessions(deps);
  return {
    async issue(peerId) {
      const { token, jti, expiresAtMs } = await tokens.issue(peerId);
      await log({ peerId, jti });
      return { token, expiresAtMs };
    },
    async verify(token) {
      try {
        return peerIdSchema.parse((await tokens.verify(token)).sub);
      } catch (cause) {
        if (ShadowMeshError.is(cause)) throw cause;
        const reason = cause instanceof errors.JWTExpired ? "expired" : "invalid";
        throw new ShadowMeshError(backboneErrors.SESSION_INVALID, { cause, details: { reason } });
      }
    },
  };
}
