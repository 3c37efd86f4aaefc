import { createHmac, randomUUID, sign } from "node:crypto";
import { promisify } from "node:util";
import { errors, type JWTPayload, jwtVerify } from "jose";
import type { StatementDomain } from "../../core/records/index.ts";
import type { SigningKeys, TokenKeys } from "./signing-keys.ts";

const signOnPool = promisify(sign);
/** How far the clocks of instances on one database may be apart. */
const clockSkewMs = 60_000;

export interface TokenConfig {
  domain: StatementDomain;
  /** Whom the token is for: nobody else takes it. */
  audience: string;
  /** RS256 where others than the instances on this database may check the token; HS256 where they alone do (ADR 0026). */
  algorithm: "RS256" | "HS256";
  lifetimeMs: number;
  /** Claims without which a token is none of these. */
  requiredClaims?: readonly string[];
}

export interface IssuedToken {
  readonly token: string;
  readonly kid: string;
  readonly jti: string;
  readonly expiresAtMs: number;
}

export type VerifiedToken = JWTPayload & { readonly sub: string; readonly exp: number; readonly kid: string };

export interface Tokens {
  issue(subject: string, claims?: Record<string, string>): Promise<IssuedToken>;
  /** @throws what jose throws for a token that is none of these, or has run out; DATABASE_UNAVAILABLE */
  verify(token: string): Promise<VerifiedToken>;
}

/** JWT (RFC 7519), checked as RFC 8725 advises: one algorithm, one issuer, one audience. */
export function createTokens(config: TokenConfig, deps: { keys: SigningKeys; now: () => number }): Tokens {
  // Backbones of one contract accept each other's tokens where they share a database, those of another never.
  const issuer = `shadowmesh/${config.domain.chainId}/${config.domain.nexusAddress.toLowerCase()}`;
  return {
    async issue(subject, more = {}) {
      const keys = await deps.keys.current();
      const { kid } = keys;
      const iat = Math.floor(deps.now() / 1000);
      const exp = iat + config.lifetimeMs / 1000;
      const jti = randomUUID();
      const claims = { ...more, iss: issuer, aud: config.audience, sub: subject, jti, iat, exp };
      const content = `${encode({ alg: config.algorithm, typ: "JWT", kid })}.${encode(claims)}`;
      const signature = await signatures[config.algorithm](content, keys);
      return { token: `${content}.${signature.toString("base64url")}`, kid, jti, expiresAtMs: exp * 1000 };
    },
    async verify(token) {
      const { payload, protectedHeader } = await jwtVerify<{ sub: string; exp: number }>(
        token,
        async ({ kid }) => {
          const keys = kid === undefined ? undefined : await deps.keys.find(kid);
          if (keys === undefined) throw new errors.JWKSNoMatchingKey();
          return config.algorithm === "RS256" ? keys.publicKey : keys.secret;
        },
        {
          algorithms: [config.algorithm],
          typ: "JWT",
          issuer,
          audience: config.audience,
          requiredClaims: ["exp", "sub", "jti", ...(config.requiredClaims ?? [])],
          currentDate: new Date(deps.now()),
        },
      );
      // One that was forged by a stolen key is worth no more than ours. Not by jose's `maxTokenAge`: it refuses a token of an
      // instance whose clock is ahead, or tokens would have to hold for longer than they say.
      if (payload.exp * 1000 > deps.now() + config.lifetimeMs + clockSkewMs) {
        throw new errors.JWTClaimValidationFailed("it says that it lasts for longer than a token does", payload, "exp");
      }
      return { ...payload, kid: String(protectedHeader.kid) };
    },
  };
}

/** Not by jose: the way through its checks and WebCrypto takes as long as RSA itself (test/bench/auth). */
const signatures = {
  RS256: (content: string, { privateKey }: TokenKeys) => signOnPool("sha256", Buffer.from(content), privateKey),
  HS256: async (content: string, { secret }: TokenKeys) => createHmac("sha256", secret).update(content).digest(),
};

/** A part of a JWS (RFC 7515, section 3.1). */
function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
