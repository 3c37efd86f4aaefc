import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import { type Hex, hexToBytes } from "viem";
import {
  adminConfigSchema,
  type BackboneSettings,
  backboneConfigSchema,
  backbonePoolConfigSchema,
  createBackbone,
  type HealthChain,
  honeypotsConfigSchema,
  type RegistrySource,
  webhooksConfigSchema,
} from "../../../node/backbone/index.ts";
import { chainErrors } from "../../../node/core/chain/errors.ts";
import { createChangeEmitter } from "../../../node/core/change.ts";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import { authContext, createIdentity, type Identity } from "../../../node/core/identity/index.ts";
import { type SignedRecord, signRecord } from "../../../node/core/records/index.ts";
import type { Registration } from "../../../node/core/schema.ts";
import { placeEmptyDatabase } from "../../../scripts/network/empty-database.ts";
import { findPostgres, type PostgresServer, startPostgres } from "../../harness/postgres.ts";
import { createClock, postJson, send, silent } from "../api/fixture.ts";

export const domain = { chainId: 31337, nexusAddress: "0x00000000000000000000000000000000000000aa" as Hex };

export const newIdentity = () => createIdentity(randomBytes(32));

export function registrationFor(peerId: Hex, fields: Partial<Registration> = {}): Registration {
  return {
    peerId,
    nodeType: "light_public",
    region: "europe",
    operator: "0x00000000000000000000000000000000000000Bb",
    bandwidthMbps: 100,
    stakeWei: "100000000000000000000",
    lastSeenMs: 1_700_000_000_000,
    active: true,
    ...fields,
  };
}

/** The contract, as far as a backbone sees it: written by the test, and away when the test says so. */
export function createTestChain() {
  const registrations = new Map<Hex, Registration>();
  const listeners = new Set<Parameters<RegistrySource["watch"]>[0]>();
  const reads = createChangeEmitter();
  let away = false;
  let pageReads = 0;
  const looked = new Set<Hex>();

  const requireChain = () => {
    if (away) throw new ShadowMeshError(chainErrors.CHAIN_UNREACHABLE);
  };
  const source: RegistrySource = {
    async registrationOf(peerId) {
      looked.add(peerId);
      requireChain();
      return registrations.get(peerId) ?? null;
    },
    async *pages() {
      requireChain();
      const active = [...registrations.values()].filter((registration) => registration.active);
      for (let from = 0; from < active.length; from += 2) yield active.slice(from, from + 2);
      pageReads += 1;
      reads.emit();
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return {
    ports: { source, requireChain, backboneNodes: async () => [{ region: "europe", ip: "192.0.2.1", port: 443 }] },
    /** Changes the contract; with `silently`, no event tells. */
    set(registration: Registration, silently = false) {
      registrations.set(registration.peerId, registration);
      if (!silently) for (const listener of listeners) listener.onChange([registration.peerId]);
    },
    remove(peerId: Hex, silently = false) {
      registrations.delete(peerId);
      if (!silently) for (const listener of listeners) listener.onChange([peerId]);
    },
    leave() {
      away = true;
      for (const listener of listeners) listener.onGap();
    },
    comeBack() {
      away = false;
      for (const listener of listeners) listener.onGap();
    },
    get pageReads() {
      return pageReads;
    },
    /** Who was looked up by himself. */
    get looked(): ReadonlySet<Hex> {
      return looked;
    },
  };
}

/** What a backbone has besides, where nobody keeps scores. */
export const withoutScores = {
  healthChain: {
    epochs: async () => null,
    balanceWei: async () => 0n,
    backbones: async () => [],
  } as Partial<HealthChain> as HealthChain,
  reachAnew: () => Promise.reject(new Error("there is nobody")),
  announceEvidence: async () => 0,
  anchors: null,
};

export type TestChain = ReturnType<typeof createTestChain>;
export type TestBackbone = Awaited<ReturnType<typeof startBackbone>>;

export async function startBackbone(
  {
    admin,
    pool,
    log = silent,
    ...config
  }: Partial<Omit<BackboneSettings, "admin" | "pool">> & {
    admin?: Partial<BackboneSettings["admin"]>;
    dataFolder: string;
    log?: Logger;
    pool?: Record<string, number>;
  },
  chain: TestChain,
  clock = createClock(),
  signal = AbortSignal.timeout(60_000),
  healthChain: Partial<HealthChain> = {},
) {
  const identity = newIdentity();
  chain.set(registrationFor(identity.peerId, { nodeType: "backbone_auth" }), true);
  let selfRecord: SignedRecord | null = null;
  const backbone = await createBackbone(
    {
      ...backboneConfigSchema.parse({}),
      webhooks: webhooksConfigSchema.parse({}),
      honeypots: honeypotsConfigSchema.parse({}),
      host: "127.0.0.1",
      port: 0,
      authPerMinute: 10_000,
      announcementsPerMinute: 10_000,
      requestsPerMinute: 100_000,
      domain,
      guiFolder: join(tmpdir(), "no-gui"),
      pool: backbonePoolConfigSchema.parse({ registrationsPerPeer: 1e6, eventClientsPerAddress: 1e6, ...pool }),
      ...config,
      admin: { ...adminConfigSchema.parse({}), attemptsPerMinute: 10_000, ...admin },
    },
    {
      ...chain.ports,
      ...withoutScores,
      healthChain: { ...withoutScores.healthChain, ...healthChain },
      identity,
      selfRecord: () => selfRecord,
      now: clock.now,
      log,
    },
  );
  await backbone.start(signal).catch(async (error: unknown) => {
    await backbone.stop();
    throw error;
  });

  const challengeFor = async (peerId: Hex) =>
    (await send(`${backbone.url}/api/auth/challenge?peer_id=${peerId}`)).json.challenge as Hex;
  const answerTo = (who: Identity, challenge: Hex, context = authContext) => ({
    peer_id: who.peerId,
    challenge,
    signature: Buffer.from(who.signMlDsa(hexToBytes(challenge), context)).toString("base64"),
    public_key: Buffer.from(who.mlDsaPublicKey).toString("base64"),
    node_address: who.nodeAddress,
  });
  const verify = (body: unknown) => postJson(`${backbone.url}/api/auth/verify`, body);
  return {
    backbone,
    identity,
    clock,
    get url() {
      return backbone.url;
    },
    challengeFor,
    answerTo,
    verify,
    /** The whole way from challenge to session token. */
    authenticate: async (who: Identity) => verify(answerTo(who, await challengeFor(who.peerId))),
    lookup: (peerId: string) => send(`${backbone.url}/api/peers/lookup?peer_id=${peerId}`),
    announce: (signed: unknown, token: string) =>
      postJson(`${backbone.url}/api/peers/announce`, signed, { authorization: `Bearer ${token}` }),
    recordOf: (who: Identity, sequence = clock.now()) =>
      signRecord(who, { addresses: ["/ip4/192.0.2.7/tcp/4001"], relays: [], sequence, nowMs: clock.now() }, domain),
    publishSelf: (signed: SignedRecord | null) => {
      selfRecord = signed;
    },
  };
}

/** Asks again until the answer is the wanted one: for what another part does in its own time. */
export async function eventually<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(answer)}`);
    // Other processes have to come by the processor, too.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export interface TestDatabase {
  readonly name: string;
  /** Settings of a fresh database. */
  open(): Promise<{ dataFolder: string; databaseUrl: string | null }>;
  close(): Promise<void>;
}

/** Both databases, PostgreSQL where it is installed: the same tests run against each. */
export const databases: (() => TestDatabase)[] = [
  createPgliteDatabase,
  ...(findPostgres() ? [createPostgresDatabase] : []),
];

if (findPostgres() === null) {
  console.warn("  ! PostgreSQL is not installed here: the backbone is tested on PGlite alone");
}

function createPgliteDatabase(): TestDatabase {
  const folders: string[] = [];
  return {
    name: "PGlite",
    async open() {
      const dataFolder = await mkdtemp(join(tmpdir(), "shadowmesh-backbone-"));
      folders.push(dataFolder);
      await placeEmptyDatabase(dataFolder);
      return { dataFolder, databaseUrl: null };
    },
    async close() {
      for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
    },
  };
}

function createPostgresDatabase(): TestDatabase {
  let server: PostgresServer | undefined;
  return {
    name: "PostgreSQL",
    async open() {
      server ??= await startPostgres(findPostgres() ?? "");
      return { dataFolder: tmpdir(), databaseUrl: await server.createDatabase() };
    },
    async close() {
      await server?.stop();
      server = undefined;
    },
  };
}
