import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair } from "jose";
import Provider, { type Configuration, type KoaContextWithOIDC } from "oidc-provider";

/** Somebody who can sign in. */
export interface IssuerAccount {
  /** The subject, and the name to sign in by. */
  readonly name: string;
  readonly password: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly groups: readonly string[];
}

export interface IssuerConfig {
  /** On 127.0.0.1; 0 takes a free one. */
  port: number;
  clientId: string;
  redirectUris: readonly string[];
  accounts: readonly IssuerAccount[];
}

export interface Issuer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real OpenID Connect issuer (oidc-provider) for development and tests; it keeps nothing. */
export async function startIssuer(config: IssuerConfig): Promise<Issuer> {
  const server = createServer().listen(config.port, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(url, await settings(config));
  const answer = provider.callback();
  server.on("request", (request, response) => {
    if (!request.url?.startsWith("/interaction/")) return void answer(request, response);
    signIn(provider, config.accounts, request, response).catch((error: Error) => {
      // A form that was left open, or its cookie gone.
      if (!response.headersSent) response.writeHead(400, { "content-type": "text/plain" }).end(error.message);
    });
  });
  return {
    url,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function settings({ clientId, redirectUris, accounts }: IssuerConfig): Promise<Configuration> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code"],
        response_types: ["code"],
        redirect_uris: [...redirectUris],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ["sub", "groups"], email: ["email", "email_verified"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    jwks: {
      keys: [{ ...(await exportJWK(privateKey)), alg: "RS256", use: "sig", kid: randomBytes(8).toString("hex") }],
    },
    ttl: { AccessToken: 300, AuthorizationCode: 60, Grant: 3_600, IdToken: 300, Interaction: 600, Session: 3_600 },
    findAccount(_, name) {
      const account = accounts.find((one) => one.name === name);
      if (account === undefined) return undefined;
      const { email, emailVerified, groups } = account;
      return {
        accountId: name,
        claims: async () => ({ sub: name, email, email_verified: emailVerified, groups: [...groups] }),
      };
    },
    loadExistingGrant: grantWithoutAsking,
  };
}

/** Who signs in here wants to: nobody is asked for consent to his own backbone. */
async function grantWithoutAsking({ oidc }: KoaContextWithOIDC) {
  const { client, session, provider } = oidc;
  const known = session?.grantIdFor(client?.clientId ?? "");
  if (known !== undefined) return provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId });
  grant.addOIDCScope("openid email");
  await grant.save();
  return grant;
}

/** The form, and what becomes of it. */
async function signIn(
  provider: Provider,
  accounts: readonly IssuerAccount[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await provider.interactionDetails(request, response);
  if (request.method !== "POST") return void sendForm(response, "");
  const form = new URLSearchParams(await text(request));
  const account = accounts.find(({ name, password }) => name === form.get("name") && password === form.get("password"));
  if (account === undefined) return void sendForm(response, "<p role=alert>There is no such account.</p>");
  const result = { login: { accountId: account.name } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

function sendForm(response: ServerResponse, notice: string): void {
  response
    .writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    })
    .end(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>Development issuer</title>
<main><h1>Sign in</h1>${notice}
<form method="post">
<p><label>Name <input name="name" autocomplete="username" required autofocus></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<button>Sign in</button>
</form></main>
</html>
`);
}
