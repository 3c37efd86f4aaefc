import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { createApiKeys, createGuard } from "./api/guard/index.ts";
import { isAdminPath, serveGui } from "./api/gui/index.ts";
import { createServer } from "./api/server.ts";
import { apiKeyPath } from "./api-key.ts";
import type { Config, ConfigFlags } from "./config.ts";
import {
  createChain,
  createIsBackbone,
  createIsUnregistered,
  createMayServeDht,
  createRegistrationOf,
} from "./core/chain/index.ts";
import { readIdentityFile } from "./core/identity/index.ts";
import { createRecentLines, type RecentLines } from "./core/log/index.ts";
import { createOverlay } from "./core/overlay/index.ts";
import { packageFolder } from "./core/package.ts";
import { type SignedRecord, signRecord, verifyRecord } from "./core/records/index.ts";
import type { Service } from "./core/service.ts";
import { lockFolder, writeFileAtomically } from "./core/store/index.ts";
import { createTracing } from "./core/tracing/index.ts";
import { createDhtRole } from "./dht-role.ts";
import { createDiagnostics } from "./diagnostics/index.ts";
import { handleRoutes } from "./handlers.ts";
import { startAll, stopAll } from "./life-cycle.ts";
import { createMetrics } from "./metrics.ts";
import {
  createAnnouncer,
  createBootstrap,
  createExplainPath,
  createLastKnown,
  createLookup,
  createOnionReach,
  createReach,
} from "./services/discovery/index.ts";
import {
  createAnnounceEvidence,
  createResponder,
  createScores,
  createVerifyLocation,
} from "./services/health/index.ts";
import { createMembership, createMembershipStore, listBackbones } from "./services/membership/index.ts";
import { createNotificationStore, createNotifications } from "./services/notifications/index.ts";
import { createPayments } from "./services/payments/index.ts";
import { createMachine, createPoolAgent, createPoolStore } from "./services/pool/index.ts";
import { createPoolView } from "./services/pool-view/index.ts";
import { createRelayDirectory, createRelayServer, createReservations } from "./services/relay/index.ts";
import { createThroughput } from "./services/throughput/index.ts";
import { createSettings } from "./settings/index.ts";
import { createStatus } from "./status.ts";
import { createWelcome } from "./welcome/index.ts";

export interface DaemonDeps {
  /** Data folder. */
  folder: string;
  log: Logger;
  /** The log's newest lines, where somebody keeps them. */
  lines?: RecentLines;
  /** What the command line said of the configuration. */
  flags?: ConfigFlags;
  /** Asks the process to end; `POST /api/stop` calls it. */
  requestStop(): void;
  now?: () => number;
}

export interface Daemon {
  /** Origin of the local API and the GUI. */
  readonly url: string;
  /** A link that signs its opener in, once. */
  createSignInLink(): string;
  stop(): Promise<void>;
}

/**
 * Puts a daemon together and starts it. Read from top to bottom, this is the architecture.
 *
 * @throws DATA_FOLDER_IN_USE, IDENTITY_MISSING, IDENTITY_CORRUPT, LISTEN_FAILED, API_LISTEN_FAILED
 */
export async function startDaemon(config: Config, deps: DaemonDeps, signal: AbortSignal): Promise<Daemon> {
  const { folder, log, flags = {}, lines = createRecentLines(), now = Date.now } = deps;
  const lock = lockFolder(folder);
  try {
    const { identity } = await readIdentityFile(folder);
    const chain = createChain(config.chain, { log });
    const registrationOf = createRegistrationOf(chain, now);
    const isBackbone = createIsBackbone({ chain, registrationOf, now });
    const domain = () => chain.statementDomain;
    const verifyRecordAt = async (signed: SignedRecord, nowMs: number) =>
      verifyRecord(signed, { domain: domain(), nowMs });
    const verify = (signed: SignedRecord) => verifyRecordAt(signed, now());

    const isActive = async (peerId: Hex) => (await registrationOf(peerId))?.active === true;

    const { viewOnly } = config.hosting;
    const overlay = await createOverlay(config.overlay, {
      identity,
      now,
      log,
      verifyRecord: verify,
      verifyLocation: createVerifyLocation({ domain, isBackbone, now }),
      mayServeDht: createMayServeDht({ chain, now }),
      mayReserve: async (peerId) => !relayServer.draining && (await isActive(peerId)),
      mayPunch: isActive,
      reflects: !viewOnly,
      avoidsRelay: (libp2pId) => payments.avoids(libp2pId),
      findRecord: async (peerId, limit) => (await lookup(peerId, limit, { fresh: true })).record,
    });
    const membership = await createMembership(config.membership, {
      identity,
      chain,
      overlay,
      verifyRecord: verify,
      store: createMembershipStore(folder),
      now,
      log,
    });
    const { registration } = membership;
    const payments = createPayments(config.payments, { identity, overlay, chain, registration, folder, now, log });
    const lastKnown = createLastKnown({
      folder,
      cache: overlay.cache,
      verifyRecordAt,
      regionOf: async (peerId) => (await registrationOf(peerId))?.region ?? null,
      ownRegion: () => registration()?.region ?? null,
      now,
      log,
    });
    const bootstrap = createBootstrap({ overlay, lastKnown, log });
    const metrics = createMetrics();
    const lookup = metrics.measured(
      createLookup({
        self: identity.peerId,
        overlay,
        backbone: membership,
        verifyRecord: verify,
        ownRecord: () => announcer.record,
        lastKnown,
      }),
    );
    const reach = createReach({ self: identity.peerId, lookup, overlay });
    const { pricePerGiBWei } = payments.accounts;
    const explainPath = createExplainPath({ reach, lookup, overlay, pricePerGiBWei });
    const { cache, connectAnew } = overlay;
    const asStranger = { cache, connect: connectAnew, connectionTo: () => undefined };
    const reachAnew = createReach({ self: identity.peerId, lookup, overlay: asStranger });
    const directory = createRelayDirectory({ nexus: () => chain.nexus, region: () => registration()?.region, now });
    const reservations = createReservations(config.relay, {
      self: identity.peerId,
      overlay,
      directory,
      membership,
      reach,
      announced: (limit) => announcer.announced(limit),
      avoids: payments.avoids,
      now,
      log,
    });
    const { charging } = payments;
    const relayServer = createRelayServer(config.relay, {
      overlay,
      membership,
      mayPass: isActive,
      isUnregistered: createIsUnregistered(chain, registrationOf),
      charging,
      log,
    });
    const dhtRole = createDhtRole({ overlay, membership, hosts: !viewOnly, log });
    const announcer = createAnnouncer({
      peerId: identity.peerId,
      overlay,
      membership,
      backbone: membership,
      relays: reservations,
      servesRecord: config.backbone.enabled,
      sign: (input) => signRecord(identity, input, domain()),
      onMoved: overlay.announceMove,
      verifyRecord: verify,
      now,
      log,
    });
    const onionReach = createOnionReach({
      self: identity.peerId,
      lookup,
      overlay,
      directory,
      avoids: payments.avoids,
    });
    const throughput = createThroughput({ overlay, reach, onionReach });
    const scores = createScores({ chain, overlay, backbones: () => listBackbones(chain.nexus, null) });
    const poolAgent = createPoolAgent(
      { ...config.pool, enabled: config.pool.enabled && !viewOnly },
      { membership, machine: createMachine(folder, now), store: createPoolStore(folder), now, log },
    );
    const notifications = createNotifications(config.notifications, {
      peerId: identity.peerId,
      chain,
      membership,
      poolAgent,
      funds: payments.accounts.funds,
      store: createNotificationStore(folder, log),
      url: () => server.url,
      now,
      log,
    });
    const poolView = createPoolView({ membership });
    const responder = createResponder({ identity, domain, overlay, isBackbone, now, log });

    const guiFolder = config.api.guiFolder ?? join(packageFolder, "out");
    const backbone = config.backbone.enabled ? await assembleBackbone() : null;

    const apiKey = randomBytes(32).toString("base64url");
    const guard = createGuard(
      { apiKey, chainId: config.chain.chainId },
      {
        now,
        operatorOf: async () => membership.registration()?.operator ?? null,
        apiKeys: await createApiKeys(folder, { now, log }),
      },
    );
    const server = await createServer(
      { host: "127.0.0.1", port: config.api.port },
      {
        log,
        onRequest: guard.onRequest,
        authorize: { owner: guard.owner, "in-person": guard.inPerson, command: guard.command },
      },
    );
    await guard.handle(server);
    const own = { identity, viewOnly, now };
    const status = createStatus({
      ...own,
      chain,
      overlay,
      membership,
      announcer,
      reservations,
      relayServer,
      notifications,
    });
    const settings = createSettings({
      folder,
      running: config,
      flags,
      apply: ({ relay }) => relayServer.limit(relay),
    });
    handleRoutes(server, {
      ...deps,
      identity,
      chain,
      registrationOf,
      overlay,
      membership,
      lookup,
      explainPath,
      throughput,
      poolView,
      scores,
      payments,
      poolAgent,
      notifications,
      backbone,
      settings,
      welcome: createWelcome({ folder, identity, isRegistered: () => registration() !== null, now }),
      diagnostics: createDiagnostics({ folder, lines, settings, status, now }),
      status,
    });
    metrics.watch({ chain, overlay, membership, reservations, relayServer, poolAgent });
    metrics.serve(server.fastify);
    await serveGui(server, {
      folder: guiFolder,
      rpcUrl: config.chain.rpcUrl,
      serves: (path) => !path.startsWith("/api/") && !isAdminPath(path),
    });

    const role = backbone === null ? [] : [backbone];
    // What a view-only node leaves out: all that costs it something for others' sake.
    const hosting = viewOnly ? [] : [relayServer, throughput];
    const member = [
      lastKnown,
      membership,
      bootstrap,
      payments,
      dhtRole,
      ...hosting,
      reservations,
      announcer,
      responder,
      poolAgent,
      notifications,
    ];
    const keyFile: Service = {
      start: () => writeFileAtomically(apiKeyPath(folder), JSON.stringify({ url: server.url, key: apiKey })),
      stop: async () => undefined,
    };
    // The key file is last, and a service as well: where it can't be written, all the others stop again.
    const services = [createTracing(config.tracing), chain, overlay, ...role, ...member, server, keyFile];
    await startAll(services, signal, log);
    log.info({ self: identity.peerId, url: server.url, addresses: overlay.addresses() }, "daemon runs");

    async function assembleBackbone() {
      // Loaded on demand: a light node needs no database.
      const { createBackbone, createChainPorts, createAnchorChain, createHealthChain } = await import(
        "./backbone/index.ts"
      );
      return createBackbone(
        {
          ...config.backbone,
          admin: config.admin,
          pool: config.backbonePool,
          webhooks: config.webhooks,
          honeypots: config.honeypots,
          dataFolder: join(folder, "backbone"),
          guiFolder,
          domain: domain(),
        },
        {
          ...createChainPorts(chain),
          identity,
          healthChain: createHealthChain(chain, identity),
          anchors: createAnchorChain(chain, identity),
          reachAnew,
          announceEvidence: createAnnounceEvidence({ identity, domain, overlay, now }),
          selfRecord: () => announcer.record?.signed ?? null,
          now,
          log,
        },
      );
    }

    return {
      url: server.url,
      createSignInLink: () => guard.createSignInLink(server.url).url,
      async stop() {
        await stopAll(services, log);
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
