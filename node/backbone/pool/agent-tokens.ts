import { errors } from "jose";
import { z } from "zod";
import { ShadowMeshError } from "../../core/errors.ts";
import { keepNewest } from "../../core/keep-newest.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import { bearerToken } from "../auth/bearer.ts";
import type { SigningKeys } from "../auth/signing-keys.ts";
import { createTokens } from "../auth/tokens.ts";
import { poolErrors } from "./errors.ts";

const lifetimeMs = 15 * 60_000;
const audience = "shadowmesh/agent";
/** Tokens that are known to be sound: those of 40,000 agents, 700 bytes each. */
const maxChecked = 40_000;

const claimsSchema = z.object({ device: z.coerce.number().int().positive(), family: z.uuid() });

/** Whose token it is. */
export interface AgentClaims {
  /** Number of the device. */
  readonly device: number;
  /** The registration that it descends from. */
  readonly family: string;
  /** The key that signed it: once that is revoked, the token is worth nothing, however long it says that it lasts. */
  readonly kid: string;
  readonly expiresAtMs: number;
}

export interface AgentAccess {
  issue(device: number, family: string): Promise<{ token: string; expiresIn: number }>;
  /** The claims of an Authorization header, if its token was checked already; undefined where it is to be verified. */
  checked(authorization: string | undefined): AgentClaims | undefined;
  /** @throws AGENT_TOKEN_INVALID, DATABASE_UNAVAILABLE */
  verify(authorization: string | undefined): Promise<AgentClaims>;
}

/** Tokens of agents: JWT, 15 minutes. Each signature is checked once, since an agent shows the same token 180 times. */
export function createAgentAccess(
  { domain }: { domain: StatementDomain },
  deps: { keys: SigningKeys; now: () => number },
): AgentAccess {
  const tokens = createTokens({ domain, audience, algorithm: "RS256", lifetimeMs, requiredClaims: ["family"] }, deps);
  const known = new Map<string, AgentClaims>();

  const invalid = (reason: string, cause?: unknown) =>
    new ShadowMeshError(poolErrors.AGENT_TOKEN_INVALID, { cause, details: { reason } });

  return {
    async issue(device, family) {
      const { token } = await tokens.issue(String(device), { family });
      return { token, expiresIn: lifetimeMs / 1_000 };
    },
    checked(authorization = "") {
      const claims = known.get(authorization);
      if (claims === undefined) return undefined;
      if (claims.expiresAtMs > deps.now() && deps.keys.has(claims.kid)) return claims;
      known.delete(authorization);
      return undefined;
    },
    async verify(authorization = "") {
      const token = bearerToken(authorization);
      if (token === undefined) throw invalid("missing");
      try {
        const { sub, exp, family, kid } = await tokens.verify(token);
        const claims = { ...claimsSchema.parse({ device: sub, family }), kid, expiresAtMs: exp * 1_000 };
        keepNewest(known, authorization, claims, maxChecked);
        return claims;
      } catch (cause) {
        if (ShadowMeshError.is(cause)) throw cause;
        throw invalid(cause instanceof errors.JWTExpired ? "expired" : "invalid", cause);
      }
    },
  };
}
