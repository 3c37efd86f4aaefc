import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { verifyLog } from "../../../../node/backbone/audit/index.ts";
import { devices } from "../../../../node/backbone/database/index.ts";
import { createRandom } from "../../../harness/random.ts";
import { until } from "../../../harness/until.ts";
import { openAudit, readEvents, type Settings } from "../audit/fixture.ts";
import { databases, domain, type TestBackbone } from "../fixture.ts";
import { aggregateOf, createDevice, type Device, followEvents } from "./fixture.ts";

const program = fileURLToPath(new URL("../../../harness/pool-backbone.ts", import.meta.url));
const pool = { devicesPerPeer: 10_000, registrationsPerMinute: 1e6, heartbeatsPerMinute: 1e6 };

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/pool killed on ${database.name}`, function () {
    this.timeout(600_000);
    const running = new Set<ChildProcess>();
    afterEach(async () => {
      for (const child of running) await kill(child);
    });
    after(() => database.close());

    async function start(settings: object) {
      const child = fork(program, [JSON.stringify({ ...settings })], {
        execArgv: ["--disable-warning=ExperimentalWarning"],
      });
      running.add(child);
      const [{ url, session }] = await Promise.race([
        once(child, "message"),
        once(child, "exit").then(() => Promise.reject(new Error("the backbone ended by itself"))),
      ]);
      return { child, session, backbone: { url } as TestBackbone };
    }

    async function kill(child: ChildProcess): Promise<void> {
      running.delete(child);
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
    }

    /** What is in the database of a process that is no more. */
    async function readLeft(settings: Settings) {
      const { database: left, audit, close } = await openAudit(settings);
      try {
        // Waits for what the server may still be doing for that process.
        await audit.record({ type: "test.restarted", actor: null, subject: null });
        return {
          devices: await left.run((db) => db.select().from(devices)),
          events: await readEvents(left),
          log: await verifyLog({ database: left, domain, anchors: null }, AbortSignal.timeout(300_000)),
        };
      } finally {
        await close();
      }
    }

    it("at any moment of registrations and refreshes loses no device, and no event of one", async () => {
      const random = createRandom(20_261_122);
      const settings = { ...(await database.open()), pool };
      const registered = new Map<number, Device>();
      for (let round = 0; round < 2; round++) {
        const { child, session, backbone } = await start(settings);
        let stopped = false;
        const load = Array.from({ length: 4 }, async () => {
          while (!stopped) {
            const device = createDevice();
            const answer = await device.register(backbone, session).catch(() => null);
            if (answer?.status === 200) registered.set(device.number, device);
            if (answer !== null) await device.beat(backbone).catch(() => null);
          }
        });
        const enough = registered.size + 1 + random.integer(40);
        await until(() => registered.size >= enough);
        await kill(child);
        stopped = true;
        await Promise.all(load);

        const left = await readLeft(settings);
        expect([left.log.size, left.log.findings]).to.deep.equal([left.events.length, []]);
        const told = left.events.filter(({ type }) => type === "agent.registered");
        const inTable = left.devices.map(({ id }) => id);
        expect(told.map(({ subject }) => Number(subject))).to.have.members(inTable);
        expect([...registered.keys()].filter((number) => !inTable.includes(number))).to.deep.equal([]);
      }
      const { backbone } = await start(settings);
      const answers = await Promise.all([...registered.values()].map((device) => device.beat(backbone)));
      expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
      await until(
        () => aggregateOf(backbone),
        ({ totals }) => totals.online === registered.size,
      );
    });

    it("loses of last-seen times no more than an interval of writing", async () => {
      const clockMs = Date.now();
      const writeMs = 10_000;
      const beatMs = 1_000;
      const random = createRandom(7);
      const settings = await database.open();
      const running = await start({ ...settings, clockMs, pool: { ...pool, heartbeatMs: beatMs, writeMs } });
      const { child, session, backbone } = running;
      const events = await followEvents(backbone.url);
      const heard = [createDevice(), createDevice(), createDevice()];
      for (const device of heard) await device.register(backbone, session);
      const beats = 12 + random.integer(8);
      for (let beat = 0; beat < beats; beat++) {
        const advanced = once(child, "message");
        child.send(beatMs);
        await advanced;
        for (const device of heard) expect((await device.beat(backbone)).status).to.equal(200);
        // What is written together with its arrival is all that was due by this clock.
        const witness = createDevice();
        await witness.register(backbone, session);
        await witness.beat(backbone);
        await until(() => events.seen.some(({ type, data }) => type === "joined" && data.node === witness.number));
        await witness.leave(backbone);
      }
      await kill(child);
      const left = await readLeft(settings);
      const killedAtMs = clockMs + beats * beatMs;
      for (const { number } of heard) {
        const lastSeenMs = left.devices.find(({ id }) => id === number)?.lastSeenMs ?? 0;
        expect(lastSeenMs).to.be.within(killedAtMs - writeMs, killedAtMs);
        expect(lastSeenMs).to.be.above(clockMs + beatMs);
      }
    });
  });
}
