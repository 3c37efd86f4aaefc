import { join } from "node:path";
import { expect } from "chai";
import type { Hex } from "viem";
import { createServer } from "../../../node/api/server.ts";
import { backboneConfigSchema } from "../../../node/backbone/config.ts";
import {
  adminConfigSchema,
  backbonePoolConfigSchema,
  createBackbone,
  honeypotsConfigSchema,
  webhooksConfigSchema,
} from "../../../node/backbone/index.ts";
import { createChain } from "../../../node/core/chain/index.ts";
import { probeProtocol, questionBytes } from "../../../node/core/evidence/probe.ts";
import { createOverlay } from "../../../node/core/overlay/index.ts";
import { laneProtocol } from "../../../node/core/overlay/lanes/protocol.ts";
import type { Service } from "../../../node/core/service.ts";
import { createDhtRole } from "../../../node/dht-role.ts";
import { createAnnouncer, createBootstrap, createLastKnown } from "../../../node/services/discovery/index.ts";
import { createResponder } from "../../../node/services/health/index.ts";
import { createMembership, createMembershipStore } from "../../../node/services/membership/index.ts";
import {
  createNotificationStore,
  createNotifications,
  notificationsConfigSchema,
} from "../../../node/services/notifications/index.ts";
import { createPayments, paymentsConfigSchema } from "../../../node/services/payments/index.ts";
import {
  createMachine,
  createPoolAgent,
  createPoolStore,
  poolConfigSchema,
} from "../../../node/services/pool/index.ts";
import { createRelayServer, createReservations, relayConfigSchema } from "../../../node/services/relay/index.ts";
import { createThroughput } from "../../../node/services/throughput/index.ts";
import { encodeLength, maxTransferBytes, throughputProtocol } from "../../../node/services/throughput/protocol.ts";
import { placeEmptyDatabase } from "../../../scripts/network/empty-database.ts";
import { createChainPort } from "../../harness/chain-port.ts";
import { temporaryFolders } from "../../harness/folder.ts";
import { domain, identityOf, recordOf, verifyAt } from "../../harness/identities.ts";
import { readLog } from "../../harness/log.ts";
import { createTestMembership, registrationFor } from "../../harness/membership.ts";
import { createMesh, type MeshNode, soon } from "../../harness/mesh.ts";
import { overlayConfig } from "../../harness/overlay-config.ts";
import { until } from "../../harness/until.ts";
import { silent } from "../api/fixture.ts";
import { createTestChain, withoutScores } from "../backbone/fixture.ts";

const identity = identityOf(1);
const now = Date.now;
const verifyRecord = verifyAt();
const nowhere: Hex = "0x00000000000000000000000000000000000000aa";
const notReachable = () => Promise.reject(new Error("there is nobody"));

const newOverlay = () =>
  createOverlay(overlayConfig({ maxConnections: 100 }), { identity, verifyRecord, now, log: silent });

/** Every part with a life, on its own; the overlay that a service stands on runs where it needs one that runs. */
const services: Record<string, (folder: string) => Promise<{ service: Service; below?: Service }>> = {
  chain: async () => {
    const config = { rpcUrl: "http://127.0.0.1:9", chainId: 31337, nexusAddress: nowhere, pollIntervalMs: 100 };
    return { service: createChain(config, { log: silent }) };
  },
  overlay: async () => ({ service: await newOverlay() }),
  "HTTP server": async () => ({ service: await createServer({ host: "127.0.0.1", port: 0 }, { log: silent }) }),
  backbone: async (folder) => {
    const rooms = {
      admin: adminConfigSchema.parse({}),
      pool: backbonePoolConfigSchema.parse({}),
      webhooks: webhooksConfigSchema.parse({}),
      honeypots: honeypotsConfigSchema.parse({}),
    };
    const config = backboneConfigSchema.parse({ host: "127.0.0.1", port: 0 });
    const deps = { ...withoutScores, identity, selfRecord: () => null, now, log: silent };
    const dataFolder = join(folder, "backbone");
    await placeEmptyDatabase(dataFolder);
    const whole = {
      ...config,
      ...rooms,
      dataFolder,
      guiFolder: join(folder, "no-gui"),
      domain,
    };
    return { service: await createBackbone(whole, { ...createTestChain().ports, ...deps }) };
  },
  membership: async (folder) => {
    const below = await newOverlay();
    const { chain, register } = createChainPort();
    register(registrationFor(identity.peerId));
    const store = createMembershipStore(folder);
    const deps = { identity, chain, overlay: below, verifyRecord, store, now, log: silent };
    return { service: await createMembership({ backbones: [] }, deps), below };
  },
  "last known peers": async (folder) => {
    const { cache } = await newOverlay();
    const regionOf = async () => null;
    const verifyRecordAt = verifyRecord;
    const deps = { folder, cache, verifyRecordAt, regionOf, ownRegion: () => null, now, log: silent };
    return { service: createLastKnown(deps) };
  },
  bootstrap: async () => {
    const below = await newOverlay();
    return { service: createBootstrap({ overlay: below, lastKnown: { newest: () => [] }, log: silent }), below };
  },
  "DHT role": async () => {
    const below = await newOverlay();
    const membership = createTestMembership(registrationFor(identity.peerId));
    return { service: createDhtRole({ overlay: below, membership, hosts: true, log: silent }), below };
  },
  "relay server": async () => {
    const below = await newOverlay();
    const membership = createTestMembership(registrationFor(identity.peerId));
    const isUnregistered = async () => false;
    const deps = { overlay: below, membership, mayPass: async () => true, isUnregistered, log: silent };
    return { service: createRelayServer(relayConfigSchema.parse({}), deps), below };
  },
  reservations: async () => {
    const below = await newOverlay();
    const membership = createTestMembership(registrationFor(identity.peerId, { nodeType: "light_private" }));
    const relays = [identityOf(2).peerId];
    const directory = { list: async () => ({ ours: relays, others: [] }), weigh: async () => () => 1 };
    const self = identity.peerId;
    const announced = async () => undefined;
    const deps = { self, overlay: below, directory, membership, reach: notReachable, announced, now, log: silent };
    return { service: createReservations(relayConfigSchema.parse({}), deps), below };
  },
  announcer: async () => {
    const below = await newOverlay();
    const membership = createTestMembership(registrationFor(identity.peerId));
    const service = createAnnouncer({
      peerId: identity.peerId,
      overlay: below,
      membership,
      backbone: { announce: notReachable, lookup: notReachable },
      relays: { addresses: () => [], ids: () => [], onChange: membership.onChange },
      servesRecord: false,
      sign: (input) => recordOf(identity, input),
      onMoved: () => undefined,
      verifyRecord,
      now,
      log: silent,
    });
    return { service, below };
  },
  "answers to probes": async () => {
    const below = await newOverlay();
    const isBackbone = async () => false;
    return {
      service: createResponder({ identity, domain: () => domain, overlay: below, isBackbone, now, log: silent }),
      below,
    };
  },
  "pool agent": async (folder) => {
    const membership = { ...createTestMembership(null), session: () => null };
    const deps = { membership, machine: createMachine(folder, now), store: createPoolStore(folder), now, log: silent };
    return { service: createPoolAgent(poolConfigSchema.parse({ enabled: true }), deps) };
  },
  notifications: async (folder) => {
    const { chain } = createChainPort();
    const membership = { ...createTestMembership(registrationFor(identity.peerId)), joined: () => false };
    const poolAgent = { status: () => ({ enabled: false, paused: false, lastHeartbeatMs: null }) };
    const store = createNotificationStore(folder, silent);
    const config = notificationsConfigSchema.parse({});
    const ports = { peerId: identity.peerId, chain, membership, poolAgent, funds: async () => [] };
    return { service: createNotifications(config, { ...ports, store, url: () => "", now, log: silent }) };
  },
  payments: async (folder) => {
    const below = await newOverlay();
    const { chain } = createChainPort();
    const deps = { identity, overlay: below, chain, registration: () => null, folder, now, log: silent };
    return { service: createPayments(paymentsConfigSchema.parse({}), deps), below };
  },
  throughput: async () => {
    const below = await newOverlay();
    return { service: createThroughput({ overlay: below, reach: notReachable, onionReach: notReachable }), below };
  },
};

describe("every service", function () {
  this.timeout(120_000);
  const newFolder = temporaryFolders();

  for (const [name, create] of Object.entries(services)) {
    describe(`such as the ${name}`, () => {
      const make = async () => {
        const { service, below } = await create(await newFolder());
        await below?.start(soon());
        return { service, below };
      };

      it("starts, stops in the middle of its work, and may be stopped twice", async () => {
        const { service, below } = await make();
        await service.start(soon());
        await new Promise((resolve) => setImmediate(resolve));
        await service.stop();
        await service.stop();
        await below?.stop();
      });

      it("may be stopped though it was never started", async () => {
        const { service, below } = await make();
        await service.stop();
        await below?.stop();
      });

      it("does not start when it is told not to, and may be stopped then", async () => {
        const { service, below } = await make();
        const outcome = await service.start(AbortSignal.abort()).catch((error: unknown) => error);
        expect(outcome, "start(aborted) must reject").to.have.property("name", "AbortError");
        await service.stop();
        await below?.stop();
      });
    });
  }
});

interface TakesFrames {
  /** What serves the protocol on a node. */
  create(node: MeshNode): Service;
  protocol: string;
  malformed: readonly Uint8Array[];
}

/** The protocols on which a stranger may send frames. */
const takesFrames: Record<string, TakesFrames> = {
  "throughput service": {
    create: ({ overlay }) => createThroughput({ overlay, reach: notReachable, onionReach: notReachable }),
    protocol: throughputProtocol,
    malformed: [encodeLength(maxTransferBytes + 1), encodeLength(0)],
  },
  "answers to probes": {
    create: ({ identity, overlay }) => {
      const isBackbone = async (peerId: Hex) => peerId === identityOf(1).peerId;
      return createResponder({ identity, domain: () => domain, overlay, isBackbone, now, log: silent });
    },
    protocol: probeProtocol,
    malformed: [Buffer.alloc(2 * questionBytes), Buffer.alloc(questionBytes + 1)],
  },
  "requests for lanes": {
    // Served along with any protocol that takes lanes.
    create: ({ overlay }) => createThroughput({ overlay, reach: notReachable, onionReach: notReachable }),
    protocol: laneProtocol,
    // A length of 1,025 bytes as a varint, one more than a message may have; no JSON; and JSON that asks for nothing.
    malformed: [Buffer.from([0x81, 0x08]), Buffer.from("\x04lane"), Buffer.from("\x02{}")],
  },
};

describe("every service that takes frames", function () {
  this.timeout(120_000);
  const newNode = createMesh();

  for (const [name, { create, protocol, malformed }] of Object.entries(takesFrames)) {
    it(`such as the ${name} refuses malformed frames, says whose they are, and serves on`, async () => {
      const { log, lines, pseudonymOf } = readLog();
      const [alice, bob] = [await newNode(1), await newNode(2, { log })];
      const service = create(bob);
      await service.start(soon());
      const connection = await alice.overlay.connect(await bob.record(), soon());
      for (const [index, frame] of [...malformed, ...malformed].entries()) {
        const stream = await connection.open(protocol, soon());
        stream.send(frame);
        await until(() => stream.status === "reset", Boolean, 60_000);
        const refused = lines.filter(({ code }) => code === "MALFORMED_FRAME");
        expect(refused).to.have.length(index + 1);
        const peerId = pseudonymOf(alice.peerId);
        expect(refused.at(-1)).to.include({ peerId, protocol });
      }
      expect(connection.libp2p.status).to.equal("open");
      await service.stop();
    });
  }
});
