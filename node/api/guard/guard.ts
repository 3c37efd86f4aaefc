import fastifyCookie from "@fastify/cookie";
import type { FastifyRequest } from "fastify";
import type { Address } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import { apiKeyErrors, apiKeyRoutes } from "../api-keys.ts";
import { apiErrors, daemonRoutes } from "../daemon.ts";
import type { HttpServer } from "../server.ts";
import type { ApiKeys } from "./api-keys.ts";
import { checkOrigin, type OriginConfig } from "./origin.ts";
import { createExpiringSecrets, createSecret, sameSecret } from "./secrets.ts";
import { createSessions } from "./sessions.ts";
import { createWalletSignIn, type VerifySignature } from "./wallet.ts";

export interface GuardConfig extends OriginConfig {
  /** What the command shows as `authorization: Bearer <key>`; readable in the data folder by its owner alone. */
  apiKey: string;
  chainId: number;
  /** @default 24 h */
  sessionLifetimeMs?: number;
  /** @default 10 min */
  signInLifetimeMs?: number;
  /** Path of the sign-in link. The token follows in the fragment, which browsers never send. @default "/#token=" */
  signInPath?: `/${string}`;
}

export interface GuardDeps {
  now: () => number;
  /** The node's operator on chain; null while the node is not registered. */
  operatorOf(): Promise<Address | null>;
  apiKeys: ApiKeys;
  /** For operators that are contracts (EIP-1271). */
  verifySignature?: VerifySignature;
}

type By = "link" | "wallet" | "key" | "api-key";

export interface Guard {
  /** For `ServerDeps.onRequest`. @throws HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
  readonly onRequest: (request: FastifyRequest) => Promise<void>;
  /** For `ServerDeps.authorize.owner`: an API key of scope `read` may GET. @throws NOT_SIGNED_IN, API_KEY_READ_ONLY */
  readonly owner: (request: FastifyRequest) => Promise<By>;
  /** For `ServerDeps.authorize["in-person"]`: what no API key may do. @throws NOT_SIGNED_IN, API_KEY_NOT_ALLOWED */
  readonly inPerson: (request: FastifyRequest) => Promise<By>;
  /** For `ServerDeps.authorize.command`: what no page may do, also where its owner is signed in. @throws NOT_SIGNED_IN */
  readonly command: (request: FastifyRequest) => Promise<"key">;
  /** A link that signs in once, for 10 minutes. `origin` is such as `http://127.0.0.1:7777`. */
  createSignInLink(origin: string): { url: string; expiresAtMs: number };
  /** Serves the session routes; to be awaited before the server starts. */
  handle(server: HttpServer): Promise<void>;
}

const attempts = { max: 10, windowMs: 60_000 };

/** Keeps the local API for the owner: no other site's page, no other name for this address, no stranger. */
export function createGuard(config: GuardConfig, deps: GuardDeps): Guard {
  const signInLifetimeMs = config.signInLifetimeMs ?? 10 * 60_000;
  const sessions = createSessions({ lifetimeMs: config.sessionLifetimeMs ?? 24 * 3_600_000, max: 32 }, deps.now);
  const tokens = createExpiringSecrets<true>({ lifetimeMs: signInLifetimeMs, max: 16 }, deps.now);
  const wallet = createWalletSignIn(
    { chainId: config.chainId, nonceLifetimeMs: signInLifetimeMs, maxNonces: 256 },
    deps,
  );

  function bearerOf(request: FastifyRequest): string | undefined {
    const [scheme, key] = request.headers.authorization?.split(" ") ?? [];
    return scheme?.toLowerCase() === "bearer" ? key : undefined;
  }

  function whoIs(request: FastifyRequest): By | null {
    if (request.headers.authorization === undefined) return sessions.find(request) ?? null;
    const key = bearerOf(request);
    if (key === undefined) return null;
    if (sameSecret(key, config.apiKey)) return "key";
    return deps.apiKeys.scopeOf(key) === null ? null : "api-key";
  }

  async function inPerson(request: FastifyRequest): Promise<By> {
    const by = whoIs(request);
    if (by === null) throw new ShadowMeshError(apiErrors.NOT_SIGNED_IN);
    if (by === "api-key") throw new ShadowMeshError(apiKeyErrors.API_KEY_NOT_ALLOWED);
    return by;
  }

  function createSignInLink(origin: string) {
    const token = createSecret();
    const { expiresAtMs } = tokens.add(token, true);
    return { url: `${origin}${config.signInPath ?? "/#token="}${token}`, expiresAtMs };
  }

  return {
    onRequest: async (request) => checkOrigin(request, config),
    async owner(request) {
      const by = whoIs(request);
      if (by === null) throw new ShadowMeshError(apiErrors.NOT_SIGNED_IN);
      const readOnly = by === "api-key" && deps.apiKeys.scopeOf(bearerOf(request) ?? "") !== "write";
      if (readOnly && request.method !== "GET") throw new ShadowMeshError(apiKeyErrors.API_KEY_READ_ONLY);
      return by;
    },
    inPerson,
    async command(request) {
      const by = whoIs(request);
      if (by !== "key") throw new ShadowMeshError(apiErrors.NOT_SIGNED_IN);
      return by;
    },
    createSignInLink,
    async handle(server) {
      await server.fastify.register(fastifyCookie);
      server.handle(daemonRoutes.session, (_, { request }) => {
        const by = whoIs(request);
        return { signedIn: by !== null, by };
      });
      server.handle(
        daemonRoutes.signIn,
        ({ token }, { request, reply }) => {
          if (!tokens.take(token)) throw new ShadowMeshError(apiErrors.SIGN_IN_TOKEN_INVALID);
          sessions.open(request, reply, "link");
          return { signedIn: true, by: "link" as const };
        },
        { rateLimit: attempts },
      );
      server.handle(daemonRoutes.signOut, (_, { request, reply }) => {
        sessions.close(request, reply);
        return { signedIn: false, by: null };
      });
      server.handle(daemonRoutes.walletNonce, () => ({ nonce: wallet.createNonce() }), { rateLimit: attempts });
      server.handle(
        daemonRoutes.walletSignIn,
        async ({ message, signature }, { request, reply }) => {
          await wallet.verify({ message, signature, host: request.headers.host ?? "" });
          sessions.open(request, reply, "wallet");
          return { signedIn: true, by: "wallet" as const };
        },
        { rateLimit: attempts },
      );
      const { apiKeys } = deps;
      server.handle(apiKeyRoutes.apiKeys, () => ({ keys: apiKeys.list() }));
      server.handle(apiKeyRoutes.createApiKey, (wanted) => apiKeys.create(wanted));
      server.handle(apiKeyRoutes.revokeApiKey, async ({ id }) => {
        await apiKeys.revoke(id);
        return { keys: apiKeys.list() };
      });
      server.handle(daemonRoutes.createSignInLink, (_, { request }) =>
        createSignInLink(`${request.protocol}://${request.headers.host}`),
      );
    },
  };
}
