import type { FastifyRequest } from "fastify";
import type { Hex } from "viem";
import { serveOpenApi } from "../api/openapi.ts";
import type { HttpServer } from "../api/server.ts";
import { ShadowMeshError } from "../core/errors.ts";
import { writeLine } from "../core/evidence/lines.ts";
import type { SignedRecord } from "../core/records/index.ts";
import { type BackboneNode, backboneRoutes } from "./api.ts";
import { bearerToken } from "./auth/bearer.ts";
import type { Auth } from "./auth/index.ts";
import { backboneErrors } from "./errors.ts";
import type { Health } from "./health/index.ts";
import type { BackboneMetrics } from "./metrics.ts";
import type { Registry } from "./registry/index.ts";
import { backboneApi } from "./routes.ts";

/** Backbones ask once an epoch each; where epochs are short, a few times a minute. */
const signaturesPerMinute = 30;
/** Of nodes in an epoch's evidence: for another epoch than the last asked for, the whole tree is computed. */
const proofsPerMinute = 60;

/** A backbone hands on what was announced to it five times a second at the most, and rarely. */
const replicationsPerMinute = 300;

export interface HttpDeps {
  auth: Auth;
  health: Health;
  registry: Registry;
  metrics: BackboneMetrics;
  backboneNodes(): Promise<BackboneNode[]>;
  peerId: Hex;
  /** This backbone's own signed record; null until it has one. */
  selfRecord(): SignedRecord | null;
  requireDatabase(): Promise<unknown>;
  requireChain(): void;
}

/** Who shows which session token. @throws SESSION_INVALID, DATABASE_UNAVAILABLE */
export function createPeerAuthorizer(auth: Auth): (request: FastifyRequest) => Promise<Hex> {
  return async (request) => {
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) {
      throw new ShadowMeshError(backboneErrors.SESSION_INVALID, { details: { reason: "missing" } });
    }
    return auth.sessions.verify(token);
  };
}

/** Serves the backbone's routes. */
export function serveBackbone(
  server: HttpServer,
  config: { authPerMinute: number; announcementsPerMinute: number },
  deps: HttpDeps,
): void {
  const { auth, registry, metrics } = deps;
  const authLimit = { rateLimit: { max: config.authPerMinute, windowMs: 60_000 } };

  serveOpenApi(server, backboneRoutes.openApi, backboneApi);
  server.handle(
    backboneRoutes.challenge,
    async ({ peer_id }) => {
      const { challenge, expiresAtMs } = await auth.challenges.issue(peer_id);
      return { challenge, expires_at: new Date(expiresAtMs).toISOString() };
    },
    authLimit,
  );
  server.handle(
    backboneRoutes.verify,
    async (input) => {
      const { token, expiresAtMs } = await counted(metrics.countAuthentication, () =>
        auth.authenticate({
          peerId: input.peer_id,
          challenge: input.challenge,
          signature: Buffer.from(input.signature, "base64"),
          publicKey: Buffer.from(input.public_key, "base64"),
          nodeAddress: input.node_address,
        }),
      );
      const expires_at = new Date(expiresAtMs).toISOString();
      return { session_token: token, expires_at, backbone_nodes: await deps.backboneNodes() };
    },
    authLimit,
  );
  server.handle(
    backboneRoutes.announce,
    async (signed, { caller }) => {
      const { peerId, sequence, expiresAtMs } = await registry.announce(caller as Hex, signed);
      return { peer_id: peerId, sequence, expires_at: new Date(expiresAtMs).toISOString() };
    },
    { callerLimit: { max: config.announcementsPerMinute, windowMs: 60_000 } },
  );
  server.handle(backboneRoutes.replicate, async ({ records }) => ({ stored: await registry.replicate(records) }), {
    rateLimit: { max: replicationsPerMinute, windowMs: 60_000 },
  });
  server.handle(backboneRoutes.lookup, async ({ peer_id }) => {
    const found = await counted(metrics.countLookup, () => registry.lookup(peer_id));
    return { peer_id, ...found };
  });
  server.handle(backboneRoutes.node, async () => {
    const record = deps.selfRecord();
    if (record === null) throw new ShadowMeshError(backboneErrors.NOT_READY, { details: { record: "none yet" } });
    const own = await registry.lookup(deps.peerId).catch(() => null);
    return { peer_id: deps.peerId, region: own?.registration?.region ?? null, record };
  });
  server.handle(backboneRoutes.evidence, async (input, { reply }) => {
    const stored = await deps.health.evidence(input);
    if (stored.published && input.epoch !== undefined) reply.header("cache-control", "public, max-age=86400");
    return { ...stored, lines: [...stored.lines] };
  });
  server.handle(
    backboneRoutes.nodeEvidence,
    ({ epoch, peer_id }) => deps.health.nodeEvidence({ epoch, peerId: peer_id }),
    { rateLimit: { max: proofsPerMinute, windowMs: 60_000 } },
  );
  server.handle(backboneRoutes.report, async ({ epoch }) => {
    const { line, probes } = await deps.health.report(epoch);
    return { report: line, probes: probes.map(writeLine) };
  });
  server.handle(backboneRoutes.sign, (proposal, { signal }) => deps.health.countersign(proposal, signal), {
    rateLimit: { max: signaturesPerMinute, windowMs: 60_000 },
  });
  server.handle(backboneRoutes.keys, async (_, { reply }) => {
    reply.header("cache-control", "public, max-age=300");
    return { keys: (await auth.keys.publicJwks()).map((key) => ({ ...key })) };
  });
  server.handle(backboneRoutes.health, () => ({ status: "ok" }));
  // Every node that is signed in asks every ten seconds: one look at the database answers all who ask meanwhile.
  let looking: Promise<string> | undefined;
  const stateOfDatabase = () => {
    looking ??= stateOf(deps.requireDatabase).finally(() => {
      looking = undefined;
    });
    return looking;
  };
  server.handle(backboneRoutes.ready, async ({ exclude }) => {
    const [database, chain] = await Promise.all([stateOfDatabase(), stateOf(async () => deps.requireChain())]);
    if (database !== "ok" || (chain !== "ok" && exclude !== "chain")) {
      throw new ShadowMeshError(backboneErrors.NOT_READY, { details: { database, chain } });
    }
    return { status: "ready" as const };
  });
}

async function counted<T>(count: (outcome: string) => void, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    count("ok");
    return result;
  } catch (error) {
    count(ShadowMeshError.is(error) ? error.code : "INTERNAL");
    throw error;
  }
}

async function stateOf(check: () => Promise<unknown>): Promise<string> {
  try {
    await check();
    return "ok";
  } catch (error) {
    return ShadowMeshError.is(error) ? error.code : "INTERNAL";
  }
}
