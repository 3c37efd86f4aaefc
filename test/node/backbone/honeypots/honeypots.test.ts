import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { honeypotHits } from "../../../../node/backbone/database/index.ts";
import { createHits } from "../../../../node/backbone/honeypots/hits.ts";
import { maxHeld } from "../../../../node/backbone/honeypots/honeypots.ts";
import { createHoneypots } from "../../../../node/backbone/honeypots/index.ts";
import { until } from "../../../harness/until.ts";
import { createClock, createTestServer, send, silent } from "../../api/fixture.ts";
import { openAudit, readEvents } from "../audit/fixture.ts";
import { createTestChain, databases, startBackbone } from "../fixture.ts";

const day = 24 * 3_600_000;
const paths = ["/wp-login.php", "/phpmyadmin/", "/.env", "/.git/config", "/admin/config.json", "/actuator/env"];

for (const createTestDatabase of databases) {
  const testDatabase = createTestDatabase();

  describe(`backbone/honeypots on ${testDatabase.name}`, function () {
    this.timeout(180_000);
    after(() => testDatabase.close());

    it("answer as the real thing would, and are in the log by the minute, without an address", async () => {
      const settings = await testDatabase.open();
      const honeypots = { enabled: true, delayMs: 0, retentionDays: 7 };
      const started = await startBackbone({ ...settings, honeypots }, createTestChain());
      for (const path of paths) {
        const page = await send(`${started.url}${path}`);
        expect(page.status, path).to.equal(200);
        expect(page.text).to.match(/WordPress|phpMyAdmin|DB_PASSWORD|\[core\]|password|SPRING/);
        expect(page.headers.connection).to.equal("close");
      }
      const wrong = await send(`${started.url}/wp-login.php`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "log=admin&pwd=hunter2",
      });
      expect(wrong.text).to.include("password you entered is incorrect");
      expect((await send(`${started.url}/wp-admin.php`)).status).to.equal(404);
      await started.backbone.stop();

      const { database, close } = await openAudit(settings);
      try {
        const hits = (await readEvents(database)).filter(({ type }) => type === "honeypot.hit");
        expect(hits).to.have.length(1);
        const expected = Object.fromEntries(paths.map((path) => [path, path === "/wp-login.php" ? 2 : 1]));
        expect(JSON.parse(hits[0]?.details ?? "")).to.deep.equal({ paths: expected, addresses: 1 });
        const rows = await database.run((db) => db.select().from(honeypotHits));
        expect(rows.map(({ address, hits }) => [address, hits])).to.deep.equal([["127.0.0.1", 7]]);
        expect(JSON.stringify(hits)).to.not.include("127.0.0.1").and.not.include("hunter2");
      } finally {
        await close();
      }
    });

    it("are one event a minute however many come, and addresses are kept in a bounded number and for their time", async () => {
      const { database, audit, close } = await openAudit(await testDatabase.open());
      try {
        const clock = createClock();
        const hits = createHits({ retentionDays: 2 }, { database, audit, now: clock.now, log: silent });
        const addresses = () => database.run((db) => db.$count(honeypotHits));
        hits.count("/.env", "192.0.2.1");
        await hits.flush();
        for (let n = 0; n < 10_000; n++) hits.count("/.env", `198.51.${n % 100}.${n % 99}`);
        await hits.flush();
        expect(await readEvents(database)).to.have.length(1);
        clock.advance(60_000);
        await hits.flush();
        const events = await readEvents(database);
        expect(events).to.have.length(2);
        expect(JSON.parse(events[1]?.details ?? "")).to.deep.equal({ paths: { "/.env": 10_000 }, addresses: 256 });
        expect(await addresses()).to.equal(257);
        clock.advance(2 * day - 60_000);
        await hits.purge();
        expect(await addresses()).to.equal(257);
        clock.advance(1);
        await hits.purge();
        expect(await addresses()).to.equal(256);
        clock.advance(60_000);
        await hits.purge();
        expect(await addresses()).to.equal(0);
        expect(await readEvents(database)).to.have.length(2);
      } finally {
        await close();
      }
    });
  });
}

describe("backbone/honeypots", () => {
  async function startTraps(config: { enabled: boolean; delayMs: number }) {
    const server = await createTestServer();
    const database = { run: () => Promise.reject(new Error("there is none")) } as never;
    const audit = { record: async () => 0 };
    const deps = { database, audit, now: Date.now, log: silent };
    const honeypots = createHoneypots({ retentionDays: 0, ...config }, deps);
    let requests = 0;
    server.fastify.addHook("onRequest", async () => void requests++);
    honeypots.serve(server);
    await server.start(AbortSignal.timeout(60_000));
    return { server, honeypots, requests: () => requests, port: Number(new URL(server.url).port) };
  }

  it("hold back a few answers alone: who comes beside them has his at once, and who left frees a place", async () => {
    const { server, honeypots, requests, port } = await startTraps({ enabled: true, delayMs: 600_000 });
    try {
      const held = Array.from({ length: maxHeld }, () => connect(port, "127.0.0.1"));
      let answered = 0;
      for (const socket of held) {
        socket.on("data", () => answered++);
        socket.on("error", () => undefined);
        socket.write("GET /.env HTTP/1.1\r\nhost: a\r\n\r\n");
      }
      await until(() => requests() === maxHeld);
      const ask = async () => {
        const leave = AbortSignal.timeout(2_000);
        return fetch(`${server.url}/.env`, { signal: leave }).then(
          ({ status }) => status,
          () => 0,
        );
      };
      expect(await until(ask, (status) => status === 200)).to.equal(200);
      expect(answered).to.equal(0);
      for (const socket of held) socket.destroy();
      await Promise.all(held.map((socket) => (socket.closed ? undefined : once(socket, "close"))));
      expect(await until(ask, (status) => status === 0)).to.equal(0);
    } finally {
      await honeypots.stop();
      await server.stop();
    }
  });

  it("let go of what they hold when they stop", async () => {
    const { server, honeypots, requests } = await startTraps({ enabled: true, delayMs: 600_000 });
    const page = send(`${server.url}/.env`);
    await until(() => requests() === 1);
    await honeypots.stop();
    expect((await page).status).to.equal(200);
    await server.stop();
  });

  it("are not there where they are off", async () => {
    const { server, honeypots } = await startTraps({ enabled: false, delayMs: 0 });
    for (const path of paths) expect((await send(`${server.url}${path}`)).json.error.code, path).to.equal("NOT_FOUND");
    await honeypots.stop();
    await server.stop();
  });
});
