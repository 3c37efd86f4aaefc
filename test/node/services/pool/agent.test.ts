import { once } from "node:events";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { expect } from "chai";
import { createChangeEmitter } from "../../../../node/core/change.ts";
import {
  createPoolAgent,
  createPoolStore,
  type PoolAgent,
  poolConfigSchema,
} from "../../../../node/services/pool/index.ts";
import type { Machine } from "../../../../node/services/pool/machine.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { until } from "../../../harness/until.ts";
import { silent } from "../../api/fixture.ts";
import { createTestChain, databases, newIdentity, registrationFor, startBackbone } from "../../backbone/fixture.ts";
import { aggregateOf, createDevice, sessionOf } from "../../backbone/pool/fixture.ts";

const machine: Machine = {
  parts: async () => ({
    platform: "linux-x64",
    cpu: { model: "Test CPU", cores: 8 },
    memoryBytes: 16e9,
    storageBytes: 1e12,
    gpus: [],
  }),
  state: async () => ({
    loadPercent: 10,
    temperatureC: null,
    usedMemoryBytes: 1e9,
    freeStorageBytes: 1e11,
    onBattery: false,
    uptimeS: 100,
  }),
  deviceId: async () => "0f7a1d52-7f3e-8d6c-9b1a-3c5d7e9f1a2b",
};

describe("services/pool/agent", function () {
  this.timeout(180_000);
  const newFolder = temporaryFolders();
  const [createDatabase] = databases;
  const database = createDatabase?.();
  const chain = createTestChain();
  const peer = newIdentity();
  const clock = { now: Date.now, advance: () => undefined };
  const changes = createChangeEmitter();
  let settings: { dataFolder: string; databaseUrl: string | null };
  let session: { url: string; token: string } | null = null;
  let agent: PoolAgent;

  const start = async () =>
    startBackbone(
      { ...settings, pool: { heartbeatMs: 200, silentMs: 60_000, heartbeatsPerMinute: 1e6 } },
      chain,
      clock,
    );

  before(async () => {
    chain.set(registrationFor(peer.peerId), true);
    settings = (await database?.open()) ?? { dataFolder: tmpdir(), databaseUrl: null };
  });
  after(() => database?.close());

  it("offers nothing, and reads no machine, where its owner did not opt in", async () => {
    const untouched = { ...machine, parts: () => Promise.reject(new Error("it was read")) };
    const membership = { onChange: changes.onChange, session: () => null };
    const store = createPoolStore(await newFolder());
    const idle = createPoolAgent(poolConfigSchema.parse({}), {
      membership,
      machine: untouched,
      store,
      now: Date.now,
      log: silent,
    });
    await idle.start(AbortSignal.timeout(1_000));
    expect(idle.status()).to.include({ enabled: false, connected: false, offer: null });
    await idle.stop();
  });

  it("keeps both its ID and its owner's pause where they are written at once", async () => {
    const backbone = await start();
    const gate = Promise.withResolvers<void>();
    const stored = createPoolStore(await newFolder());
    let writes = 0;
    const store = {
      ...stored,
      async write(memory: Parameters<typeof stored.write>[0]) {
        writes++;
        await gate.promise;
        await stored.write(memory);
      },
    };
    const membership = {
      onChange: changes.onChange,
      session: () => ({ url: backbone.url, token: "none that is taken" }),
    };
    const config = poolConfigSchema.parse({ enabled: true });
    const one = createPoolAgent(config, { membership, machine, store, now: Date.now, log: silent });
    try {
      await one.start(AbortSignal.timeout(60_000));
      await until(() => writes === 1);
      const paused = one.setPaused(true);
      gate.resolve();
      await paused;
      const deviceId = await machine.deviceId();
      expect(await stored.read()).to.deep.equal({ deviceId, paused: true });
      expect(one.status()).to.include({ deviceId, paused: true });
    } finally {
      await one.stop();
      await backbone.backbone.stop();
    }
  });

  it("sends its heartbeats, five seconds apart, on one connection that stays open", async () => {
    const backbone = await startBackbone({ ...settings, pool: { heartbeatMs: 5_000 } }, chain, clock);
    let connections = 0;
    const between = createTcpServer((socket) => {
      connections++;
      const onwards = connect(Number(new URL(backbone.url).port), "127.0.0.1");
      socket.pipe(onwards).pipe(socket);
      for (const end of [socket, onwards])
        end.on("error", () => [socket, onwards].forEach((other) => void other.destroy()));
    });
    between.listen(0, "127.0.0.1");
    await once(between, "listening");
    const url = `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
    const token = await sessionOf(backbone, peer);
    const membership = { onChange: changes.onChange, session: () => ({ url, token }) };
    const config = poolConfigSchema.parse({ enabled: true, cores: 1 });
    const store = createPoolStore(await newFolder());
    const beating = createPoolAgent(config, { membership, machine, store, now: Date.now, log: silent });
    const beats = (count: number) => until(() => (beating.heartbeats.get("ok") ?? 0) >= count);
    try {
      await beating.start(AbortSignal.timeout(60_000));
      await beats(1);
      const opened = connections;
      await beats(4);
      expect(connections).to.equal(opened);
    } finally {
      await beating.stop();
      await backbone.backbone.stop();
      between.close();
    }
  });

  it("joins, pauses, is heard again after the backbone's restart and a revocation, and says goodbye", async () => {
    let backbone = await start();
    const store = createPoolStore(await newFolder());
    const membership = { onChange: changes.onChange, session: () => session };
    const config = poolConfigSchema.parse({ enabled: true, cores: 3 });
    agent = createPoolAgent(config, { membership, machine, store, now: Date.now, log: silent });
    const totals = async () => (await aggregateOf(backbone)).totals;
    const signIn = async () => {
      session = { url: backbone.url, token: await sessionOf(backbone, peer) };
      changes.emit();
    };
    try {
      await agent.start(AbortSignal.timeout(60_000));
      await signIn();
      await until(totals, ({ online, cores }) => online === 1 && cores === 3);
      expect(agent.status()).to.include({ connected: true, withheld: null, errorCode: null });

      await agent.setPaused(true);
      await until(totals, ({ online, cores }) => online === 1 && cores === 0);
      await until(() => agent.status().withheld === "paused");
      expect((await store.read()).paused).to.equal(true);
      await agent.setPaused(false);
      await until(totals, ({ cores }) => cores === 3);

      await backbone.backbone.stop();
      await until(() => agent.status().errorCode === "BACKBONE_AWAY");
      backbone = await start();
      await signIn();
      await until(() => agent.status().connected);

      // Somebody registers the same device: the agent's tokens are worth nothing any more, and it registers anew.
      await createDevice(agent.status().deviceId ?? "").register(backbone, session?.token ?? "");
      await until(() => agent.heartbeats.get("AGENT_TOKEN_INVALID"));
      await until(() => agent.status().connected);
      expect((await aggregateOf(backbone)).registered).to.equal(1);

      await agent.stop();
      await until(totals, ({ online }) => online === 0);
    } finally {
      await agent.stop();
      await backbone.backbone.stop();
    }
  });
});
