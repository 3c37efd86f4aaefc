import type { Logger } from "pino";
import { createBackboneClient } from "../../backbone/client.ts";
import { type AgentTokens, poolRoutes } from "../../backbone/pool/api.ts";
import { poolErrors } from "../../backbone/pool/errors.ts";
import { createBackoff } from "../../core/backoff.ts";
import { type ChangeSource, createChangeEmitter, nextChange } from "../../core/change.ts";
import { commonErrors, ShadowMeshError } from "../../core/errors.ts";
import { createLoop } from "../../core/loop.ts";
import type { Service } from "../../core/service.ts";
import type { JsonFile } from "../../core/store/index.ts";
import type { PoolStatus } from "./api.ts";
import type { PoolConfig } from "./config.ts";
import type { Machine } from "./machine.ts";
import type { PoolMemory } from "./memory.ts";
import { decideOffer, type MachineParts } from "./offer.ts";

export interface PoolAgentDeps {
  /** The backbone that this node is signed in with. */
  membership: ChangeSource & { session(): { readonly url: string; readonly token: string } | null };
  machine: Machine;
  store: JsonFile<PoolMemory>;
  now: () => number;
  log: Logger;
}

export interface PoolAgent extends Service {
  status(): PoolStatus;
  /** @throws DISK_FULL, DATA_FOLDER_UNWRITABLE */
  setPaused(paused: boolean): Promise<void>;
  /** Heartbeats by what came of them: `ok`, or an error code. */
  readonly heartbeats: ReadonlyMap<string, number>;
}

/** A registration with one backbone. */
interface Link {
  readonly url: string;
  tokens: AgentTokens;
  expiresAtMs: number;
}

const requestTimeoutMs = 2_000;
/** A token is traded for the next one while it is good for so long. */
const renewBeforeMs = 60_000;
/** Safety net under the news of a session. */
const lookMs = 10_000;

/** Keeps this machine in the pool of the backbone that the node is signed in with; nothing that failed is sent later. */
export function createPoolAgent(config: PoolConfig, deps: PoolAgentDeps): PoolAgent {
  const { membership, machine, now, log } = deps;
  const changes = createChangeEmitter();
  const heartbeats = new Map<string, number>();
  const backoff = createBackoff({ minMs: 250, maxMs: 30_000 });
  let memory: PoolMemory = { deviceId: null, paused: false };
  let writing = Promise.resolve();
  let parts: MachineParts | undefined;
  let link: Link | null = null;
  let last: Pick<PoolStatus, "offer" | "withheld" | "lastHeartbeatMs"> = {
    offer: null,
    withheld: null,
    lastHeartbeatMs: null,
  };
  let failure: string | null = null;

  const { stopping, ...life } = createLoop(() => run());
  const clientOf = (baseUrl: string, token?: string) =>
    createBackboneClient({
      baseUrl,
      timeoutMs: requestTimeoutMs,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  const toLink = (url: string, tokens: AgentTokens): Link => ({
    url,
    tokens,
    expiresAtMs: now() + tokens.expiresIn * 1_000,
  });

  /** Each change on top of the one before: its owner may pause it while it registers. */
  function remember(change: Partial<PoolMemory>): Promise<void> {
    const written = writing.then(async () => {
      const next = { ...memory, ...change };
      await deps.store.write(next);
      memory = next;
    });
    writing = written.catch(() => undefined);
    return written;
  }

  async function register(session: { url: string; token: string }): Promise<Link> {
    parts ??= await machine.parts();
    if (memory.deviceId === null) await remember({ deviceId: await machine.deviceId() });
    const { platform, gpus, ...rest } = parts;
    const device = {
      deviceId: memory.deviceId ?? "",
      platform,
      capabilities: { ...rest, gpus: gpus.map((gpu) => ({ ...gpu })) },
    };
    const tokens = await clientOf(session.url, session.token).call(poolRoutes.registerAgent, device, {
      signal: stopping,
    });
    log.info({ url: session.url }, "this machine is in the pool");
    return toLink(session.url, tokens);
  }

  async function refresh({ url, tokens: { refreshToken } }: Link): Promise<Link> {
    const tokens = await clientOf(url).call(poolRoutes.refreshAgent, { refreshToken }, { signal: stopping });
    return toLink(url, tokens);
  }

  /** Sends one heartbeat; how long to wait for the next. */
  async function beat(session: { url: string; token: string }): Promise<number> {
    if (link?.url !== session.url) link = await register(session);
    if (now() > link.expiresAtMs - renewBeforeMs) link = await refresh(link);
    parts ??= await machine.parts();
    const state = await machine.state();
    const owner = { paused: memory.paused, hour: new Date(now()).getHours() };
    const { offer, withheld } = decideOffer(config, { parts, state }, owner);
    const answer = await clientOf(link.url, link.tokens.agentToken).call(
      poolRoutes.heartbeat,
      {
        cpu: { offeredCores: offer.cores, loadPercent: state.loadPercent, temperatureC: state.temperatureC },
        gpu: { offered: offer.gpus },
        memory: { offeredBytes: offer.memoryBytes, usedBytes: state.usedMemoryBytes },
        storage: {
          offeredBytes: offer.storageBytes,
          usedBytes: Math.max(0, parts.storageBytes - state.freeStorageBytes),
        },
        uptime: state.uptimeS,
      },
      { signal: stopping },
    );
    last = { offer, withheld, lastHeartbeatMs: now() };
    return answer.nextHeartbeat;
  }

  const count = (outcome: string) => heartbeats.set(outcome, (heartbeats.get(outcome) ?? 0) + 1);

  async function turn(session: { url: string; token: string }): Promise<number> {
    const startedAtMs = performance.now();
    try {
      const nextMs = await beat(session);
      failure = null;
      backoff.reset();
      count("ok");
      // The backbone counts from heartbeat to heartbeat.
      return Math.max(100, nextMs - (performance.now() - startedAtMs));
    } catch (error) {
      if (stopping.aborted) return 0;
      failure = ShadowMeshError.is(error) ? error.code : commonErrors.INTERNAL.code;
      count(failure);
      log.debug({ err: error }, "no heartbeat");
      // Its tokens were revoked, or ran out while it was away: it registers anew.
      if (isRevoked(error)) link = null;
      return backoff.next();
    }
  }

  async function run(): Promise<void> {
    while (!stopping.aborted) {
      const session = membership.session();
      const waitMs = session === null ? lookMs : await turn(session);
      // A back-off is waited for in full: news must not make this a busy loop.
      const news = session === null ? [membership] : failure === null ? [changes] : [];
      await nextChange(news, waitMs, stopping);
    }
  }

  async function sayGoodbye(): Promise<void> {
    if (link === null || last.lastHeartbeatMs === null) return;
    const { url, tokens } = link;
    link = null;
    await clientOf(url, tokens.agentToken)
      .call(poolRoutes.leave, {})
      .catch((error: unknown) => log.debug({ err: error }, "no goodbye"));
  }

  return {
    heartbeats,
    status: () => ({
      enabled: config.enabled,
      paused: memory.paused,
      connected: link !== null && failure === null && last.lastHeartbeatMs !== null,
      deviceId: memory.deviceId,
      ...last,
      errorCode: failure,
    }),
    async setPaused(paused) {
      await remember({ paused });
      changes.emit();
    },
    async start(signal) {
      signal.throwIfAborted();
      memory = await deps.store.read();
      if (config.enabled) await life.start(signal);
    },
    async stop() {
      await life.stop();
      await sayGoodbye();
    },
  };
}

function isRevoked(error: unknown): boolean {
  const { AGENT_TOKEN_INVALID, REFRESH_TOKEN_INVALID, REFRESH_TOKEN_REUSED } = poolErrors;
  return [AGENT_TOKEN_INVALID, REFRESH_TOKEN_INVALID, REFRESH_TOKEN_REUSED].some((definition) =>
    ShadowMeshError.is(error, definition),
  );
}
