import type * as openid from "openid-client";
import { ShadowMeshError } from "../../core/errors.ts";
import type { AdminClaims } from "../database/index.ts";
import type { AdminConfig } from "./config.ts";
import { adminErrors } from "./errors.ts";

const timeoutS = 10;

/** What the answer to an authorization request is checked against. */
export interface SignInChecks {
  state: string;
  nonce: string;
  codeVerifier: string;
}

/** The OpenID Connect issuer, by the authorization code flow with PKCE (RFC 7636), state and nonce. */
export interface Issuer {
  /** Where to send the browser. @throws ADMIN_NOT_CONFIGURED, ADMIN_ISSUER_UNAVAILABLE */
  begin(): Promise<SignInChecks & { url: string }>;
  /**
   * Trades the answer that the browser brought back for what the issuer says of the account.
   *
   * @param parameters - The query that the issuer sent the browser back with.
   * @throws ADMIN_SIGN_IN_INVALID, ADMIN_ISSUER_UNAVAILABLE
   */
  complete(parameters: string, checks: SignInChecks): Promise<AdminClaims>;
}

/**
 * The issuer of the configuration. It is asked for its metadata at each sign-in: one that is away is told of here, rather
 * than by the browser that would have been sent to it, and one that changed is known.
 */
export function createIssuer(config: AdminConfig): Issuer {
  let asked: Promise<openid.Configuration> | undefined;
  let known: openid.Configuration | undefined;
  // Loaded on demand: most backbones have no admins.
  const library = () => import("openid-client");

  async function discover(): Promise<openid.Configuration> {
    if (config.issuer === null) throw new ShadowMeshError(adminErrors.ADMIN_NOT_CONFIGURED);
    const { discovery, allowInsecureRequests, ClientSecretBasic, None } = await library();
    const issuer = new URL(config.issuer);
    const authentication = config.clientSecret === null ? None() : ClientSecretBasic(config.clientSecret);
    return discovery(issuer, config.clientId, undefined, authentication, {
      timeout: timeoutS,
      execute: issuer.protocol === "http:" ? [allowInsecureRequests] : [],
    });
  }

  /** Asks anew, once for all who want to know at this moment. */
  function configurationNow(): Promise<openid.Configuration> {
    asked ??= discover()
      .catch((cause: unknown) => {
        if (ShadowMeshError.is(cause)) throw cause;
        throw new ShadowMeshError(adminErrors.ADMIN_ISSUER_UNAVAILABLE, { cause });
      })
      .then((answer) => {
        known = answer;
        return answer;
      })
      .finally(() => {
        asked = undefined;
      });
    return asked;
  }

  return {
    async begin() {
      const client = await library();
      const checks = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(await configurationNow(), {
        redirect_uri: config.pageUrl,
        scope: config.scope,
        state: checks.state,
        nonce: checks.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(checks.codeVerifier),
        code_challenge_method: "S256",
      });
      return { ...checks, url: url.href };
    },
    async complete(parameters, { state, nonce, codeVerifier }) {
      const client = await library();
      const discovered = known ?? (await configurationNow());
      const answer = new URL(config.pageUrl);
      answer.search = parameters;
      try {
        const tokens = await client.authorizationCodeGrant(discovered, answer, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        });
        const idClaims = tokens.claims();
        if (idClaims === undefined) throw new ShadowMeshError(adminErrors.ADMIN_SIGN_IN_INVALID);
        // Many issuers tell e-mail address and groups there alone.
        const more =
          discovered.serverMetadata().userinfo_endpoint === undefined
            ? {}
            : await client.fetchUserInfo(discovered, tokens.access_token, idClaims.sub);
        return readClaims({ ...idClaims, ...more }, config.groupsClaim);
      } catch (cause) {
        throw ShadowMeshError.is(cause) ? cause : signInFailure(cause);
      }
    },
  };
}

function readClaims(claims: Record<string, unknown> & { sub: string }, groupsClaim: string): AdminClaims {
  const { sub, email, email_verified } = claims;
  const groups = claims[groupsClaim];
  return {
    subject: sub,
    verifiedEmail: email_verified === true && typeof email === "string" ? email.toLowerCase() : null,
    groups: Array.isArray(groups) ? groups.filter((group) => typeof group === "string") : [],
  };
}

/** An issuer that does not answer throws fetch's TypeError or a time-out; everything else it refused, or we did. */
function signInFailure(cause: unknown): ShadowMeshError {
  const { code, name } = Object(cause) as { code?: unknown; name?: unknown };
  const away =
    (cause instanceof TypeError && code === undefined) || code === "OAUTH_TIMEOUT" || name === "TimeoutError";
  return new ShadowMeshError(away ? adminErrors.ADMIN_ISSUER_UNAVAILABLE : adminErrors.ADMIN_SIGN_IN_INVALID, {
    cause,
  });
}

/** Whether the configuration makes somebody an admin. */
export function isAdmin({ subject, verifiedEmail, groups }: AdminClaims, config: AdminConfig): boolean {
  return (
    config.subjects.includes(subject) ||
    (verifiedEmail !== null && config.emails.includes(verifiedEmail)) ||
    groups.some((group) => config.groups.includes(group))
  );
}
