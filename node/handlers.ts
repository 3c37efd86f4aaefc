import type { Logger } from "pino";
import { apiErrors, type NodeStatus } from "./api/daemon.ts";
import { serveOpenApi } from "./api/openapi.ts";
import { daemonApi, routes } from "./api/routes.ts";
import { sendLines } from "./api/send-lines.ts";
import type { HttpServer } from "./api/server.ts";
import type { Backbone } from "./backbone/index.ts";
import { type Chain, type RegistrationOf, registrationDeadline, signRegistration } from "./core/chain/index.ts";
import { ShadowMeshError } from "./core/errors.ts";
import type { Identity } from "./core/identity/index.ts";
import type { Overlay } from "./core/overlay/index.ts";
import { timeoutSignal } from "./core/timeout-signal.ts";
import type { Diagnostics } from "./diagnostics/index.ts";
import type { ExplainPath, Lookup } from "./services/discovery/index.ts";
import type { Scores } from "./services/health/index.ts";
import type { Membership } from "./services/membership/index.ts";
import type { Notifications } from "./services/notifications/index.ts";
import type { Payments } from "./services/payments/index.ts";
import type { PoolAgent } from "./services/pool/index.ts";
import type { PoolView } from "./services/pool-view/index.ts";
import type { Throughput } from "./services/throughput/index.ts";
import type { Settings } from "./settings/index.ts";
import { chainStatus } from "./status.ts";
import type { Welcome } from "./welcome/index.ts";

export interface HandlerDeps {
  identity: Identity;
  chain: Chain;
  registrationOf: RegistrationOf;
  overlay: Overlay;
  membership: Membership;
  lookup: Lookup;
  explainPath: ExplainPath;
  throughput: Throughput;
  poolView: PoolView;
  scores: Scores;
  payments: Pick<Payments, "accounts">;
  poolAgent: Pick<PoolAgent, "status" | "setPaused">;
  notifications: Notifications;
  /** Null where the node is none. */
  backbone: Pick<Backbone, "rotateKeys" | "verifyAudit" | "backUp"> | null;
  settings: Settings;
  diagnostics: Diagnostics;
  welcome: Welcome;
  status(): NodeStatus;
  requestStop(): void;
  log: Logger;
}

/** Guesses at the words of a backup: far fewer than would find one. */
const confirmations = { max: 10, windowMs: 60_000 };

/** Serves the owner's routes from the services; each handler is one call. */
export function handleRoutes(server: HttpServer, deps: HandlerDeps): void {
  const { identity, chain, registrationOf, overlay, lookup, throughput, welcome } = deps;
  const { accounts } = deps.payments;

  server.handle(routes.health, () => ({ status: "ok" }));
  serveOpenApi(server, routes.openApi, daemonApi);
  server.handle(routes.network, () => chainStatus(chain));
  server.handle(routes.status, async () => {
    await deps.membership.refreshRegistration().catch(() => undefined);
    return deps.status();
  });
  server.handle(routes.peers, async () => ({
    peers: await Promise.all(
      overlay.connections().map(async ({ peerId, address, direction, path, openedAtMs, libp2p }) => ({
        peerId,
        address,
        direction,
        path,
        openedAtMs,
        roundTripMs: libp2p.rtt ?? null,
        registration: await registrationOf(peerId),
      })),
    ),
  }));
  server.handle(routes.auditVerification, async (_, { signal }) => {
    if (deps.backbone === null) throw new ShadowMeshError(apiErrors.NOT_A_BACKBONE);
    const { findings, ...rest } = await deps.backbone.verifyAudit(signal);
    return { ...rest, findings: [...findings] };
  });
  server.handle(routes.rotateKeys, (options) => {
    if (deps.backbone === null) throw new ShadowMeshError(apiErrors.NOT_A_BACKBONE);
    return deps.backbone.rotateKeys(options);
  });
  server.stream(routes.backup, async (_, { reply, signal }) => {
    const { backbone } = deps;
    if (backbone === null) throw new ShadowMeshError(apiErrors.NOT_A_BACKBONE);
    await sendLines(reply.raw, backbone.backUp, signal);
  });
  server.handle(routes.settings, () => deps.settings.list());
  server.handle(routes.changeSetting, ({ value, ...option }) => deps.settings.change(option, value));
  server.handle(routes.resetSetting, (option) => deps.settings.reset(option));
  server.handle(routes.log, ({ after }) => deps.diagnostics.log(after));
  server.handle(routes.diagnostics, () => deps.diagnostics.bundle());
  server.handle(routes.welcome, () => welcome.state());
  server.handle(routes.acceptTerms, ({ version }) => welcome.acceptTerms(version));
  server.handle(routes.showPhrase, () => welcome.showPhrase());
  server.handle(routes.confirmPhrase, ({ words }) => welcome.confirmPhrase(words), { rateLimit: confirmations });
  server.handle(routes.skipPhrase, () => welcome.skipPhrase());
  server.handle(routes.enterStep, ({ step, service }) => welcome.enterStep(step, service));
  server.handle(routes.leaveWelcome, () => welcome.leave());
  server.handle(routes.stop, () => {
    deps.requestStop();
    return { stopping: true };
  });
  server.handle(routes.poolAggregate, (_, { signal }) => deps.poolView.aggregate(signal));
  server.stream(routes.poolEvents, (_, { request, reply, signal }) => {
    const lastEventId = request.headers["last-event-id"];
    return deps.poolView.follow(reply.raw, typeof lastEventId === "string" ? lastEventId : null, signal);
  });
  server.handle(routes.registrationProof, async ({ operator }) => {
    chain.requireConnected();
    const domain = chain.statementDomain;
    const { peerId, mlDsaKeyHash } = identity;
    const deadline = await registrationDeadline(chain.client);
    const nodeSignature = await signRegistration(identity, operator, deadline, domain);
    return { ...domain, peerId, mlDsaKeyHash, nodeSignature, deadline };
  });
  server.handle(routes.lookup, async ({ peerId }, { signal }) => {
    const { record, source, elapsedMs } = await lookup(peerId, AbortSignal.any([signal, timeoutSignal(10_000)]));
    const { addresses, relays, sequence, expiresAtMs } = record;
    return {
      peerId,
      addresses,
      relays,
      sequence,
      expiresAtMs,
      source,
      elapsedMs,
      registration: await registrationOf(peerId),
    };
  });
  server.handle(routes.why, ({ peerId }, { signal }) => deps.explainPath(peerId, signal));
  server.handle(routes.score, ({ peerId }) => deps.scores.scoreOf(peerId));
  server.handle(routes.evidence, (of, { signal }) => deps.scores.evidence(of, signal));
  server.handle(routes.replay, ({ peerId }, { signal }) => deps.scores.replay(peerId, signal));
  server.handle(routes.ping, async ({ peerId, ...how }, { signal }) => ({
    peerId,
    ...(await throughput.ping(peerId, how, signal)),
  }));
  server.handle(routes.throughput, async ({ peerId, ...how }, { signal }) => ({
    peerId,
    ...(await throughput.measure(peerId, how, signal)),
  }));
  server.handle(routes.earnings, () => accounts.earnings());
  server.handle(routes.vouchers, async ({ client }) => ({
    peerId: identity.peerId,
    vouchers: await accounts.vouchers(client),
  }));
  server.handle(routes.channels, () => accounts.channels());
  server.handle(routes.pool, () => deps.poolAgent.status());
  server.handle(routes.pausePool, async () => {
    await deps.poolAgent.setPaused(true);
    return deps.poolAgent.status();
  });
  server.handle(routes.resumePool, async () => {
    await deps.poolAgent.setPaused(false);
    return deps.poolAgent.status();
  });
  const { notifications } = deps;
  server.handle(routes.notifications, ({ limit }) => notifications.list(limit));
  server.handle(routes.readNotifications, ({ ids }) => notifications.markRead(ids));
  server.handle(routes.switchNotifications, (choice) => notifications.set(choice));
  server.handle(routes.testNotifications, (_, { signal }) => notifications.test(signal));
  server.handle(routes.noteChannel, ({ relay }) => {
    accounts.note(relay);
    return { relay };
  });
}
