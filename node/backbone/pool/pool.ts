import { randomUUID } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import type { Registration } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";
import type { Audit } from "../audit/index.ts";
import type { SigningKeys } from "../auth/signing-keys.ts";
import type { Database } from "../database/index.ts";
import { backboneErrors } from "../errors.ts";
import { type AgentClaims, createAgentAccess } from "./agent-tokens.ts";
import type { AgentTokens, Aggregate, Capabilities, DeviceQuery } from "./api.ts";
import type { BackbonePoolConfig } from "./config.ts";
import { listDevices } from "./device-list.ts";
import { createDeviceTable } from "./device-table.ts";
import { poolErrors } from "./errors.ts";
import { createEventStream, type EventStream } from "./event-stream.ts";
import { createJournal } from "./journal.ts";
import { createPresence, type PresenceOfDevices } from "./presence.ts";
import { createPresenceTable } from "./presence-table.ts";
import { createRefreshToken, readRefreshToken } from "./refresh-token.ts";

export interface PoolDeps {
  database: Database;
  keys: SigningKeys;
  audit: Audit;
  /** Where a peer stands. @throws PEER_NOT_FOUND, DATABASE_UNAVAILABLE */
  lookup(peerId: Hex): Promise<{ registration: Registration | null }>;
  /** @throws PEER_NOT_REGISTERED, CHAIN_UNREACHABLE, DATABASE_UNAVAILABLE */
  requireRegistered(peerId: Hex): Promise<void>;
  /** Whether the registry is what the chain says. */
  registryLive(): boolean;
  now: () => number;
  log: Logger;
}

/** The resource pool: devices that come and go, and what they offer together. */
export interface Pool extends Service {
  /** @throws PEER_NOT_REGISTERED, DEVICE_LIMIT, AUDIT_BUSY */
  register(
    peerId: Hex,
    device: { deviceId: string; platform: string; capabilities: Capabilities },
  ): Promise<AgentTokens>;
  /** @throws REFRESH_TOKEN_INVALID, REFRESH_TOKEN_REUSED, PEER_NOT_REGISTERED */
  refresh(refreshToken: string): Promise<AgentTokens>;
  /** The number of the device that shows its agent token. @throws AGENT_TOKEN_INVALID */
  authorize(request: FastifyRequest): Promise<string>;
  readonly presence: Pick<PresenceOfDevices, "beat" | "leave" | "size">;
  readonly events: Pick<EventStream, "follow" | "clients" | "cut">;
  list(query: DeviceQuery): ReturnType<typeof listDevices>;
  /** At most a second old, and no older than the newest event. */
  aggregate(): Promise<Aggregate>;
  purge(): Promise<void>;
}

/** How often devices are looked for whose node has left. */
const leftOverMs = 60_000;
/** However many ask, the database adds up once in this time, and once for each batch of events. */
const aggregateMs = 1_000;

export function createPool(config: BackbonePoolConfig & { domain: StatementDomain }, deps: PoolDeps): Pool {
  const { database, now, log } = deps;
  const devices = createDeviceTable(deps);
  const access = createAgentAccess(config, deps);
  const table = createPresenceTable({ instance: randomUUID() }, { database, now });
  const presence = createPresence(config, { table, find: devices.find, now, log });
  const events = createEventStream({
    maxClients: config.eventClients,
    maxOfAddress: config.eventClientsPerAddress,
  });
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let summed: { readonly aggregate: Promise<Aggregate>; readonly atMs: number } | undefined;
  const journal = createJournal({
    database,
    onBegin: events.begin,
    onEvents(news) {
      summed = undefined;
      events.publish(news);
    },
    onRevoked: presence.forgetFamilies,
    now,
    log,
  });
  async function tokensFor(device: number, refresh: { text: string; family: string }): Promise<AgentTokens> {
    const { token, expiresIn } = await access.issue(device, refresh.family);
    return { agentToken: token, refreshToken: refresh.text, expiresIn };
  }

  async function admit({ device, family }: AgentClaims): Promise<string> {
    if ((await presence.familyOf(device, family)) === family) return String(device);
    throw new ShadowMeshError(poolErrors.AGENT_TOKEN_INVALID, { details: { reason: "revoked" } });
  }

  async function dropUnregistered(): Promise<void> {
    if (!deps.registryLive() || (now() >= lookedAtMs && now() < lookedAtMs + leftOverMs)) return;
    const dropped = await devices.dropUnregistered();
    lookedAtMs = now();
    presence.forgetFamilies(dropped);
    if (dropped.length > 0) log.info({ devices: dropped.length }, "devices left with their node");
  }

  return {
    presence,
    events,
    async register(peerId, device) {
      await deps.requireRegistered(peerId);
      const { registration } = await deps.lookup(peerId);
      if (registration === null) throw new ShadowMeshError(backboneErrors.PEER_NOT_REGISTERED);
      const refresh = createRefreshToken();
      const { devicesPerPeer } = config;
      const number = await devices.register(
        { ...device, peerId, region: registration.region },
        refresh,
        devicesPerPeer,
      );
      if (number === null) throw new ShadowMeshError(poolErrors.DEVICE_LIMIT, { details: { devicesPerPeer } });
      presence.forgetFamilies([number]);
      return tokensFor(number, refresh);
    },
    async refresh(text) {
      const shown = readRefreshToken(text);
      if (shown === null) throw new ShadowMeshError(poolErrors.REFRESH_TOKEN_INVALID);
      const owner = await devices.ownerOf(shown);
      // Before the token is used up: what the chain does not answer now may be asked again.
      if (owner !== null) await deps.requireRegistered(owner);
      const next = createRefreshToken(shown.family);
      const rotation = await devices.rotate(shown, next);
      if (rotation.outcome === "rotated") return tokensFor(rotation.device, next);
      if (rotation.outcome === "unknown") throw new ShadowMeshError(poolErrors.REFRESH_TOKEN_INVALID);
      const { device } = rotation;
      presence.forgetFamilies([device]);
      log.warn({ device }, "a refresh token was used twice");
      throw new ShadowMeshError(poolErrors.REFRESH_TOKEN_REUSED);
    },
    async authorize({ headers }) {
      const { authorization } = headers;
      const checked = access.checked(authorization);
      if (checked !== undefined && presence.knownFamily(checked.device) === checked.family) {
        return String(checked.device);
      }
      return admit(checked ?? (await access.verify(authorization)));
    },
    list: (query) => listDevices(database, query),
    aggregate() {
      if (summed === undefined || now() >= summed.atMs + aggregateMs || now() < summed.atMs) {
        const sum = { aggregate: devices.aggregate(), atMs: now() };
        summed = sum;
        sum.aggregate.catch(() => {
          if (summed === sum) summed = undefined;
        });
      }
      return summed.aggregate;
    },
    async purge() {
      await devices.purge();
      await dropUnregistered();
      await journal.purge();
    },
    async start(signal) {
      await journal.start(signal);
      await presence.start(signal);
    },
    async stop() {
      await presence.stop();
      await journal.stop();
    },
  };
}
