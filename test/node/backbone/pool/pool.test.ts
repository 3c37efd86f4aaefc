import { expect } from "chai";
import { until } from "../../../harness/until.ts";
import { createClock, postJson, send } from "../../api/fixture.ts";
import {
  createTestChain,
  databases,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
} from "../fixture.ts";
import { aggregateOf, bearer, capabilities, createDevice, followEvents, report, sessionOf } from "./fixture.ts";

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/pool on ${database.name}`, function () {
    this.timeout(180_000);
    const chain = createTestChain();
    const clock = createClock();
    const peer = newIdentity();
    let backbone: TestBackbone;
    let session: string;

    before(async () => {
      chain.set(registrationFor(peer.peerId, { region: "oceania" }), true);
      const pool = { devicesPerPeer: 8, eventClients: 3 };
      backbone = await startBackbone({ ...(await database.open()), pool }, chain, clock);
      session = await sessionOf(backbone, peer);
    });
    after(async () => {
      await backbone?.backbone.stop();
      await database.close();
    });

    const online = async () => (await aggregateOf(backbone)).totals.online;
    const registered = async () => {
      clock.advance(1_000);
      return (await aggregateOf(backbone)).registered;
    };

    it("sums up what devices offer, by region too, and tells of each that joins, changes and leaves", async () => {
      const events = await followEvents(backbone.url);
      const [a, b] = [createDevice(), createDevice()];
      for (const device of [a, b]) expect((await device.register(backbone, session)).status).to.equal(200);
      expect((await a.beat(backbone)).json).to.deep.equal({ accepted: true, nextHeartbeat: 5_000 });
      await b.beat(backbone, report(2));
      await until(online, (count) => count === 2);
      const { totals, regions } = await aggregateOf(backbone);
      const offered = { cores: 6, memoryBytes: 8 * 2 ** 30, storageBytes: 20 * 2 ** 30, gpus: 2 };
      expect(await registered()).to.equal(2);
      expect(totals).to.deep.equal({ online: 2, ...offered, loadPercent: 25 });
      expect(regions).to.deep.equal([{ region: "oceania", online: 2, ...offered }]);

      await a.beat(backbone, report(1));
      await until(() => events.seen.filter(({ type }) => type === "changed").length);
      expect((await b.leave(backbone)).json).to.deep.equal({ accepted: true });
      await until(() => events.seen.filter(({ type }) => type === "left").length);
      expect(await until(online, (count) => count === 1)).to.equal(1);
      const [changed, left] = events.seen.slice(-2);
      expect(changed?.data).to.include({ type: "changed", region: "oceania" });
      expect(changed?.data.offered?.cores).to.equal(1);
      expect(left?.data).to.include({ type: "left", region: "oceania", offered: null });
      expect(events.seen.map(({ type }) => type)).to.deep.equal(["joined", "joined", "changed", "left"]);
      await a.leave(backbone);
      await until(online, (count) => count === 0);
      events.close();
    });

    it("takes a device for gone after nine seconds of silence, not before, and sees it come back", async () => {
      const device = createDevice();
      await device.register(backbone, session);
      await device.beat(backbone);
      await until(online, (count) => count === 1);
      const events = await followEvents(backbone.url);
      clock.advance(3_000);
      await device.beat(backbone);
      clock.advance(6_000);
      await device.beat(backbone);
      expect(await online()).to.equal(1);
      clock.advance(9_000);
      await until(() => events.seen.at(-1)?.type === "left");
      expect(await until(online, (count) => count === 0)).to.equal(0);
      await device.beat(backbone);
      await until(() => events.seen.at(-1)?.type === "joined");
      await device.leave(backbone);
      await until(online, (count) => count === 0);
      events.close();
    });

    it("lets a device offer no more than it has", async () => {
      const device = createDevice();
      await device.register(backbone, session);
      const { cpu, memory } = report();
      await device.beat(backbone, {
        ...report(),
        cpu: { ...cpu, offeredCores: 4_000 },
        memory: { ...memory, offeredBytes: 2 ** 50 },
      });
      await until(online, (count) => count === 1);
      const { totals } = await aggregateOf(backbone);
      expect([totals.cores, totals.memoryBytes]).to.deep.equal([capabilities.cpu.cores, capabilities.memoryBytes]);
      await device.leave(backbone);
      await until(online, (count) => count === 0);
    });

    it("goes on where a client was, and says so where that is gone", async () => {
      const device = createDevice();
      await device.register(backbone, session);
      const first = await followEvents(backbone.url);
      await device.beat(backbone);
      await until(() => first.seen.at(-1)?.type === "joined");
      first.close();
      const last = first.seen.at(-1)?.id ?? 0;
      await device.leave(backbone);
      const second = await followEvents(backbone.url, last);
      await until(() => second.seen.length);
      expect(second.seen.map(({ type }) => type)).to.deep.equal(["left"]);
      second.close();
      const lost = await followEvents(backbone.url, 1e12);
      await until(() => lost.seen.length);
      expect(lost.seen[0]).to.include({ type: "reset", id: second.seen[0]?.id });
      lost.close();
    });

    it("serves as many followers as it may at once", async () => {
      const followers = [];
      for (let n = 0; n < 3; n++) followers.push(await followEvents(backbone.url));
      const refused = await send(`${backbone.url}/v1/events`);
      expect([refused.status, refused.json.error.code]).to.deep.equal([503, "EVENTS_BUSY"]);
      for (const { close } of followers) close();
      const next = await until(
        () => followEvents(backbone.url),
        ({ status }) => status === 200,
      );
      next.close();
    });

    it("keeps a registration through a second one of the same device, whose tokens are the only ones then", async () => {
      const device = createDevice();
      await device.register(backbone, session);
      const { agentToken, refreshToken } = device.tokens;
      expect((await device.beat(backbone)).status).to.equal(200);
      const count = await registered();
      await device.register(backbone, session);
      expect((await device.beat(backbone)).status).to.equal(200);
      const old = await until(
        () => device.beat(backbone, report(), agentToken),
        ({ status }) => status !== 200,
      );
      expect([old.status, old.json.error.code]).to.deep.equal([401, "AGENT_TOKEN_INVALID"]);
      const stale = await device.refresh(backbone, refreshToken);
      expect([stale.status, stale.json.error.code]).to.deep.equal([401, "REFRESH_TOKEN_INVALID"]);
      expect(await registered()).to.equal(count);
      await device.leave(backbone);
    });

    it("refuses more devices of one node than a node may have", async () => {
      const owner = newIdentity();
      chain.set(registrationFor(owner.peerId));
      const token = await sessionOf(backbone, owner);
      const devices = Array.from({ length: 9 }, () => createDevice());
      const answers = await Promise.all(devices.map((device) => device.register(backbone, token)));
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused.map(({ status, json }) => [status, json.error.code])).to.deep.equal([[409, "DEVICE_LIMIT"]]);
    });

    it("refuses what is no report, whatever it is", async () => {
      const device = createDevice();
      await device.register(backbone, session);
      const sound = report();
      const bad: unknown[] = [
        {},
        { ...sound, uptime: -1 },
        { ...sound, uptime: "1" },
        { ...sound, cpu: { ...sound.cpu, loadPercent: 101 } },
        { ...sound, gpu: { offered: 1.5 } },
        { ...sound, memory: { offeredBytes: 2 ** 60, usedBytes: 0 } },
        [],
        null,
      ];
      for (const body of bad) {
        const answer = await device.beat(backbone, body);
        expect([answer.status, answer.json.error.code], JSON.stringify(body)).to.deep.equal([400, "BAD_REQUEST"]);
      }
      const named = { deviceId: device.deviceId, platform: "linux-x64", capabilities };
      for (const body of [
        { ...named, deviceId: "'; DROP TABLE devices" },
        { ...named, platform: "linux\nx64" },
        { ...named, capabilities: { ...capabilities, cpu: { model: "a\0b", cores: 1 } } },
      ]) {
        const answer = await postJson(`${backbone.url}/v1/agent/register`, body, bearer(session));
        expect([answer.status, answer.json.error.code]).to.deep.equal([400, "BAD_REQUEST"]);
      }
    });
  });
}
