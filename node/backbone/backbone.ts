import { sql } from "drizzle-orm";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { isAdminPath, isSharedPath, serveGui } from "../api/gui/index.ts";
import { createServer } from "../api/server.ts";
import type { TlsConfig } from "../api/tls.ts";
import type { Identity } from "../core/identity/index.ts";
import type { NodeRecord, SignedRecord, StatementDomain } from "../core/records/index.ts";
import type { Service } from "../core/service.ts";
import type { AdminConfig } from "./admin/config.ts";
import { adminOrigins, createAdmin } from "./admin/index.ts";
import {
  type AnchorChain,
  type Audit,
  createAnchoring,
  createAudit,
  createHeads,
  createProofs,
  createRefusals,
  createRefusedRequests,
  serveAudit,
  type Verification,
  verifyLog,
} from "./audit/index.ts";
import { createAuth, type SigningKeys } from "./auth/index.ts";
import { createBackboneList } from "./backbone-list.ts";
import { dump, type WriteLines } from "./backup/index.ts";
import type { ChainPorts } from "./chain-ports.ts";
import type { BackboneConfig } from "./config.ts";
import { createDatabase } from "./database/index.ts";
import { createHealth, type Health, type HealthChain, type HealthDeps } from "./health/index.ts";
import { createHoneypots, type HoneypotsConfig } from "./honeypots/index.ts";
import { createHousekeeping } from "./housekeeping.ts";
import { createPeerAuthorizer, serveBackbone } from "./http.ts";
import { createBackboneMetrics } from "./metrics.ts";
import { type BackbonePoolConfig, createPool, servePool } from "./pool/index.ts";
import { createRegistry, type Registry } from "./registry/index.ts";
import { createWebhooks, type WebhooksConfig } from "./webhooks/index.ts";

export interface BackboneDeps extends ChainPorts {
  identity: Identity;
  healthChain: HealthChain;
  reachAnew: HealthDeps["reachAnew"];
  announceEvidence: HealthDeps["announceEvidence"];
  /** Null where no contract takes heads of audit logs. */
  anchors: AnchorChain | null;
  /** This backbone's own signed record; null until it has one. */
  selfRecord(): SignedRecord | null;
  now: () => number;
  log: Logger;
}

/** The server role of a node: authentication, and the full registry of who is where. */
export interface Backbone extends Service {
  /** Origin of the public API; throws before `start`. */
  readonly url: string;
  readonly health: Pick<Health, "probeAll" | "turn">;
  /** As GET /api/peers/lookup, without the way over HTTP. @throws PEER_NOT_FOUND, DATABASE_UNAVAILABLE */
  readonly lookup: Registry["lookup"];
  /** Makes the next signing key; see `SigningKeys`. @throws DATABASE_UNAVAILABLE */
  readonly rotateKeys: SigningKeys["rotate"];
  /** Walks the whole audit log. @throws DATABASE_UNAVAILABLE */
  verifyAudit(signal: AbortSignal): Promise<Verification>;
  /** Writes the database out, as lines of JSON; the audit log has it first. @throws DATABASE_UNAVAILABLE */
  backUp(write: WriteLines): Promise<void>;
  /** Stores this backbone's own record. @throws PEER_NOT_REGISTERED, RECORD_INVALID, RECORD_STALE */
  announce(signed: SignedRecord): Promise<NodeRecord>;
}

/** The options of the backbone and of its rooms. */
export interface BackboneSettings extends BackboneConfig {
  readonly admin: AdminConfig;
  readonly pool: BackbonePoolConfig;
  readonly webhooks: WebhooksConfig;
  readonly honeypots: HoneypotsConfig;
  readonly dataFolder: string;
  /** Folder of the exported GUI, of which the admin's page is served. */
  readonly guiFolder: string;
  readonly domain: StatementDomain;
}

/** Wires a backbone: database, registry and auth on it, and the public API in front. */
export async function createBackbone(config: BackboneSettings, deps: BackboneDeps): Promise<Backbone> {
  const { now, log } = deps;
  const others = async () => {
    const listed = await deps.healthChain.backbones();
    return listed.flatMap(({ peerId, url }) => (url === null || peerId === deps.identity.peerId ? [] : [url]));
  };
  const database = createDatabase({ url: config.databaseUrl, dataFolder: config.dataFolder }, { log });
  const registry = createRegistry(config, { database, source: deps.source, others, now, log });
  const webhooks = createWebhooks(config.webhooks, { database, now, log });
  const audit = createAudit({
    database,
    onAppend: webhooks.onAppend,
    onAppended: (rows) => metrics.countAudited(rows.map(({ type }) => type)),
    now,
    log,
  });
  const honeypots = createHoneypots(config.honeypots, { database, audit, now, log });
  const heads = createHeads({ database, signer: deps.identity, domain: config.domain, now, log });
  const anchoring = createAnchoring({ chain: deps.anchors, heads, now, log });
  const refusals = createRefusals("sign_in.refused", { audit, log });
  const refusedRequests = createRefusedRequests({ audit, log });
  const auth = createAuth(config, { database, audit, refusals, requireRegistered: registry.requireRegistered, now });
  const admin = createAdmin(config.admin, { database, audit, identity: deps.identity, now, log });
  const metrics = createBackboneMetrics({
    registryLive: () => registry.live,
    countNodes: registry.count,
    publishedEpoch: () => health.publishedEpoch,
    balanceWei: deps.healthChain.balanceWei,
    pool: () => pool,
    alertsWaiting: webhooks.waiting,
  });
  const health = createHealth(config, {
    ...deps,
    domain: config.domain,
    database,
    chain: auditScores(deps.healthChain, { audit, peerId: deps.identity.peerId }),
    activePeers: registry.activePeers,
    metrics,
  });
  const { lookup, requireRegistered } = registry;
  const pool = createPool(
    { ...config.pool, domain: config.domain },
    { database, keys: auth.keys, audit, lookup, requireRegistered, registryLive: () => registry.live, now, log },
  );
  const housekeeping = createHousekeeping({
    tasks: [
      auth.challenges.purge,
      auth.keys.maintain,
      registry.purge,
      health.purge,
      admin.purge,
      pool.purge,
      webhooks.purge,
      honeypots.housekeep,
    ],
    log,
  });
  const redis =
    config.redisUrl === null ? null : (await import("./redis.ts")).createRateLimitStore(config.redisUrl, { log, now });
  const server = await createServer(
    {
      host: config.host,
      port: config.port,
      trustProxy: config.trustProxy.length > 0 ? config.trustProxy : false,
      tls: tlsOf(config),
      cors: true,
      trustedOrigins: adminOrigins(config.admin),
      rateLimit: { max: config.requestsPerMinute, windowMs: 60_000 },
      connectionTimeoutMs: 60_000,
    },
    {
      log,
      rateLimitStore: redis?.client,
      onFailure: refusedRequests.onFailure,
      authorize: { peer: createPeerAuthorizer(auth), agent: pool.authorize, ...admin.authorize },
    },
  );
  metrics.observe(server.fastify);
  await admin.serve(server);
  serveBackbone(server, config, {
    auth,
    registry,
    health,
    metrics,
    backboneNodes: createBackboneList(deps),
    peerId: deps.identity.peerId,
    selfRecord: deps.selfRecord,
    requireDatabase: () => database.run((db) => db.execute(sql`SELECT 1`)),
    requireChain: deps.requireChain,
  });
  honeypots.serve(server);
  const verifyAudit = (signal: AbortSignal) =>
    verifyLog({ database, domain: config.domain, anchors: deps.anchors }, signal);
  const stopping = new AbortController();
  const verify = () => verifyAudit(stopping.signal);
  serveAudit(server, { database, heads, proofs: createProofs({ database }), verify });
  servePool(server, { ...config.pool, behindProxy: config.trustProxy.length > 0 }, pool);
  if (config.admin.issuer !== null) {
    const serves = (path: string) => isAdminPath(path) || isSharedPath(path);
    await serveGui(server, { folder: config.guiFolder, rpcUrl: null, serves });
  }
  const services: readonly Service[] = [
    database,
    webhooks,
    audit,
    heads,
    anchoring,
    refusals,
    refusedRequests,
    admin,
    registry,
    housekeeping,
    pool,
    ...(redis === null ? [] : [redis]),
    server,
    honeypots,
    health,
  ];

  return {
    get url() {
      return server.url;
    },
    health,
    lookup: registry.lookup,
    rotateKeys: (options) => auth.keys.rotate(options),
    verifyAudit,
    async backUp(write) {
      await audit.record({ type: "database.backed_up", actor: deps.identity.peerId, subject: null });
      await database.run((db) => dump(db, { network: config.domain, nowMs: now() }, write));
    },
    announce: (signed) => registry.announce(deps.identity.peerId, signed),
    async start(signal) {
      for (const service of services) await service.start(signal);
      // Made here once, rather than while the first node waits for its token.
      await auth.keys.current();
    },
    async stop() {
      stopping.abort();
      for (const service of services.toReversed()) await service.stop();
    },
  };
}

function tlsOf({ tlsCertFile, tlsKeyFile, tlsMinVersion }: BackboneConfig): TlsConfig | undefined {
  if (tlsCertFile === null || tlsKeyFile === null) return undefined;
  return { certFile: tlsCertFile, keyFile: tlsKeyFile, minVersion: tlsMinVersion };
}

/** No signature for scores leaves before the log has it. */
function auditScores(chain: HealthChain, { audit, peerId }: { audit: Audit; peerId: Hex }): HealthChain {
  return {
    ...chain,
    async sign(batch) {
      const signature = await chain.sign(batch);
      const details = { epoch: Number(batch.epoch) };
      await audit.record({ type: "scores.signed", actor: peerId, subject: batch.evidenceRoot, details });
      return signature;
    },
  };
}
