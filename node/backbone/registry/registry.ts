import type { Logger } from "pino";
import type { Hex } from "viem";
import { chainErrors } from "../../core/chain/errors.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { keepNewest } from "../../core/keep-newest.ts";
import { overlayErrors } from "../../core/overlay/errors.ts";
import { type NodeRecord, type SignedRecord, type StatementDomain, verifyRecord } from "../../core/records/index.ts";
import type { Registration } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";
import type { Database } from "../database/index.ts";
import { backboneErrors } from "../errors.ts";
import { createCache } from "./cache.ts";
import { createFollower } from "./follower.ts";
import { createNodeTable } from "./node-table.ts";
import { createRecordTable, type StoredRecord } from "./record-table.ts";
import { createReplicator, type ReplicatorDeps } from "./replicator.ts";
import type { RegistrySource } from "./source.ts";

/** How long an announcement or registration may go unseen here that another instance on the database wrote. */
const sharedLifetimeMs = 2_000;
/** How long, while the chain is away, the table stands in for it: leaving takes longer than that by unbonding. */
const standInMs = 24 * 3_600_000;
/** Records that came from other backbones before the chain's news of their nodes did: some blocks' worth. */
const maxEarly = 1_000;

export interface RegistryConfig {
  domain: StatementDomain;
  /** Null for the embedded database, which nobody else writes to. */
  databaseUrl: string | null;
  cachedPeers: number;
  resyncMs: number;
}

export interface RegistryDeps {
  database: Database;
  source: RegistrySource;
  /** Where the other backbones are asked. @throws CHAIN_UNREACHABLE */
  others: ReplicatorDeps["others"];
  now: () => number;
  log: Logger;
}

export interface Registry extends Service {
  /** Whether the table is what the chain says. */
  readonly live: boolean;
  /** @throws PEER_NOT_FOUND, DATABASE_UNAVAILABLE */
  lookup(peerId: Hex): Promise<{ record: SignedRecord | null; registration: Registration | null }>;
  /** @throws PEER_NOT_REGISTERED, CHAIN_UNREACHABLE, DATABASE_UNAVAILABLE */
  requireRegistered(peerId: Hex): Promise<void>;
  /** Stores the record of a peer that proved to be `caller`. @throws RECORD_INVALID, RECORD_NOT_YOURS, RECORD_STALE */
  announce(caller: Hex, signed: SignedRecord): Promise<NodeRecord>;
  /**
   * Stores what another backbone was told, each record on its own proof, once the chain is known to have its node; resolves
   * to how many were news at once.
   */
  replicate(records: readonly SignedRecord[]): Promise<number>;
  /** Deletes records that ran out. */
  purge(): Promise<void>;
  count(): Promise<number>;
  /** @throws DATABASE_UNAVAILABLE */
  activePeers(): Promise<Hex[]>;
}

interface Known {
  registration: Registration | null;
  stored: StoredRecord | null;
}

/** Every node of the contract, and where each says it can be reached: memory over the database over the chain. */
export function createRegistry(config: RegistryConfig, deps: RegistryDeps): Registry {
  const { source, now } = deps;
  const nodes = createNodeTable(deps);
  const records = createRecordTable(deps);
  const cache = createCache<Hex, Known>(
    { max: config.cachedPeers, lifetimeMs: config.databaseUrl === null ? Number.POSITIVE_INFINITY : sharedLifetimeMs },
    {
      async load(peerId) {
        const [registration, stored] = await Promise.all([nodes.get(peerId), records.get(peerId)]);
        return { registration, stored };
      },
      now,
    },
  );
  /** Who may sign in, as the follower wrote it: a sign-in while the chain is followed needs no query. */
  const active = new Set<Hex>();
  const early = new Map<Hex, NodeRecord>();
  const follower = createFollower(config, {
    ...deps,
    table: nodes,
    onWritten(peerId, registration) {
      cache.change(peerId, (known) => ({ ...known, registration }));
      if (!registration?.active) active.delete(peerId);
      else if (active.size < config.cachedPeers) active.add(peerId);
      const record = early.get(peerId);
      if (!registration?.active || record === undefined) return;
      early.delete(peerId);
      store(record).catch((error: unknown) => deps.log.warn({ err: error }, "a record of a new node was not stored"));
    },
  });

  const replicator = createReplicator(deps);

  async function store(record: NodeRecord): Promise<boolean> {
    const { peerId } = record;
    const newest = await records.put(record);
    if (newest) {
      // Who announces is asked for: the first to ask must not wait for the database.
      cache.delete(peerId);
      await cache.get(peerId);
    }
    return newest;
  }

  async function requireRegistered(peerId: Hex): Promise<void> {
    if (follower.live && active.has(peerId)) return;
    const { registration: known } = await cache.get(peerId);
    if (follower.live && known?.active) return;
    const registration = await askChain(peerId, known);
    if (!registration?.active) throw new ShadowMeshError(backboneErrors.PEER_NOT_REGISTERED);
  }

  /** By what was read of the chain alone: anybody makes up as many IDs as he likes, and must not have each looked up there. */
  const isKnown = async (peerId: Hex) => active.has(peerId) || (await cache.get(peerId)).registration?.active === true;

  /** The chain has the last word on who just registered, or while the table is behind; the table, while it is away. */
  async function askChain(peerId: Hex, known: Registration | null): Promise<Registration | null> {
    try {
      const registration = await source.registrationOf(peerId);
      if (registration !== null) await nodes.put([registration]);
      cache.delete(peerId);
      return registration;
    } catch (error) {
      const recent = follower.syncedAtMs !== null && now() < follower.syncedAtMs + standInMs;
      if (known?.active && recent && ShadowMeshError.is(error, chainErrors.CHAIN_UNREACHABLE)) return known;
      throw error;
    }
  }

  return {
    get live() {
      return follower.live;
    },
    async start(signal) {
      await follower.start(signal);
      await replicator.start(signal);
    },
    async stop() {
      await replicator.stop();
      await follower.stop();
    },
    requireRegistered,
    async lookup(peerId) {
      const { registration, stored } = await cache.get(peerId);
      const record = stored !== null && stored.expiresAtMs > now() ? stored.signed : null;
      if (record === null && registration === null) {
        throw new ShadowMeshError(overlayErrors.PEER_NOT_FOUND, { details: { peerId } });
      }
      return { record, registration };
    },
    async announce(caller, signed) {
      const record = await verifyRecord(signed, { domain: config.domain, nowMs: now() });
      if (record.peerId !== caller) throw new ShadowMeshError(backboneErrors.RECORD_NOT_YOURS);
      await requireRegistered(caller);
      if (!(await store(record))) throw new ShadowMeshError(backboneErrors.RECORD_STALE);
      replicator.add(caller, signed);
      return record;
    },
    async replicate(signedRecords) {
      let stored = 0;
      for (const signed of signedRecords) {
        // One that ran out on its way, or whose node left, is no reason to refuse the others.
        const record = await verifyRecord(signed, { domain: config.domain, nowMs: now() }).catch(() => null);
        if (record === null) continue;
        const { peerId } = record;
        // Kept before it is asked for, or the chain's news could come in between.
        if (record.sequence > (early.get(peerId)?.sequence ?? -1)) keepNewest(early, peerId, record, maxEarly);
        if (!(await isKnown(peerId))) continue;
        early.delete(peerId);
        if (await store(record)) stored++;
      }
      return stored;
    },
    purge: records.purge,
    count: nodes.count,
    activePeers: nodes.activePeers,
  };
}
