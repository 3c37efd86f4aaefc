import { expect } from "chai";
import { sql } from "drizzle-orm";
import pino from "pino";
import { type Database, webhookOutbox } from "../../../../node/backbone/database/index.ts";
import { createWebhooks } from "../../../../node/backbone/webhooks/index.ts";
import { type PostConfig, post } from "../../../../node/core/webhook/index.ts";
import { expectCode, expectThrownCode } from "../../../harness/expect-code.ts";
import { expectSigned, webhookSecret as secret, startReceiver } from "../../../harness/webhook-receiver.ts";
import { createClock, silent } from "../../api/fixture.ts";
import { openAudit } from "../audit/fixture.ts";
import { databases } from "../fixture.ts";

const waiting = (database: Database) => database.run((db) => db.select().from(webhookOutbox));

for (const createTestDatabase of databases) {
  const testDatabase = createTestDatabase();

  describe(`backbone/webhooks on ${testDatabase.name}`, function () {
    this.timeout(180_000);
    let receiver: Awaited<ReturnType<typeof startReceiver>>;
    beforeEach(async () => {
      receiver = await startReceiver();
    });
    afterEach(() => receiver.close());
    after(() => testDatabase.close());

    /** A log whose alerts go to the receiver. */
    async function open(settings?: { dataFolder: string; databaseUrl: string | null }, clock = createClock()) {
      const config = { urls: [receiver.url], secret, allowPrivate: true };
      let webhooks: ReturnType<typeof createWebhooks> | undefined;
      const at = settings ?? (await testDatabase.open());
      const log = await openAudit(at, clock.now, async (tx, rows) => webhooks?.onAppend(tx, rows));
      webhooks = createWebhooks(config, { database: log.database, now: clock.now, log: silent });
      return { ...log, webhooks, clock, settings: at };
    }
    const hit = { type: "honeypot.hit", actor: null, subject: null, details: { paths: { "/.env": 1 } } };

    it("sends what is an alert, signed, and nothing else", async () => {
      const { audit, webhooks, database, close } = await open();
      try {
        await audit.record({ type: "session.issued", actor: "a", subject: "b" });
        await audit.record({ type: "sign_in.refused", actor: null, subject: "c", details: { attempts: 19 } });
        await audit.record({ type: "sign_in.refused", actor: null, subject: "c", details: { attempts: 20 } });
        await audit.record({ type: "agent.token_reused", actor: "d", subject: "e", details: { text: "ü" } });
        await audit.record(hit);
        await webhooks.deliver();
        const bodies = receiver.received.map(({ body }) => JSON.parse(body));
        expect(bodies.map(({ type }) => type)).to.have.members([
          "sign_in.refused",
          "agent.token_reused",
          "honeypot.hit",
        ]);
        expect(bodies.find(({ type }) => type === "agent.token_reused")).to.deep.equal({
          type: "agent.token_reused",
          timestamp: "2026-01-01T00:00:00.000Z",
          data: { sequence: 3, actor: "d", subject: "e", details: { text: "ü" } },
        });
        for (const one of receiver.received) expectSigned(one);
        expect(await waiting(database)).to.deep.equal([]);
      } finally {
        await close();
      }
    });

    it("sends again what was refused, ever more seldom, under the same ID and a signature of its own", async () => {
      const { audit, webhooks, clock, database, close } = await open();
      try {
        receiver.state.status = 500;
        await audit.record(hit);
        const triedAtMs: number[] = [];
        for (let passedMs = 0; passedMs <= 7 * 15_000; passedMs += 5_000) {
          const before = receiver.received.length;
          await webhooks.deliver();
          if (receiver.received.length > before) triedAtMs.push(passedMs);
          clock.advance(5_000);
        }
        expect(triedAtMs).to.deep.equal([0, 15_000, 45_000, 105_000]);
        receiver.state.status = 204;
        clock.advance(3_600_000);
        await webhooks.deliver();
        await webhooks.deliver();
        expect(receiver.received).to.have.length(5);
        expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).to.equal(1);
        expect(new Set(receiver.received.map(({ headers }) => headers["webhook-signature"])).size).to.equal(5);
        for (const one of receiver.received) expectSigned(one);
        expect(await waiting(database)).to.deep.equal([]);
      } finally {
        await close();
      }
    });

    it("sends after a restart what was not sent before", async () => {
      const before = await open();
      await before.audit.record(hit);
      await before.close();
      const after = await open(before.settings);
      try {
        await after.webhooks.deliver();
        expect(receiver.received.map(({ body }) => JSON.parse(body).type)).to.deep.equal(["honeypot.hit"]);
      } finally {
        await after.close();
      }
    });

    it("keeps a thousand alerts for a receiver that is away, for a day, and every event in the log", async () => {
      const { audit, webhooks, clock, database, close } = await open();
      try {
        receiver.state.status = 503;
        const sequences = await Promise.all(Array.from({ length: 1_500 }, () => audit.record(hit)));
        expect(sequences.at(-1)).to.equal(1_499);
        expect(await waiting(database)).to.have.length(1_000);
        clock.advance(24 * 3_600_000);
        await webhooks.purge();
        expect(await waiting(database)).to.have.length(1_000);
        clock.advance(1);
        await webhooks.purge();
        expect(await waiting(database)).to.deep.equal([]);
      } finally {
        await close();
      }
    });

    it("calls nobody whom only the database names", async () => {
      const { audit, webhooks, database, close } = await open();
      try {
        await audit.record(hit);
        await database.run((db) => db.execute(sql`UPDATE webhook_outbox SET url = ${`${receiver.url}/elsewhere`}`));
        await webhooks.deliver();
        expect(receiver.received).to.deep.equal([]);
        expect(await waiting(database)).to.deep.equal([]);
      } finally {
        await close();
      }
    });

    if (testDatabase.name === "PostgreSQL") {
      it("sends each alert once where several instances share the outbox", async () => {
        const first = await open();
        const second = await open(first.settings);
        try {
          for (let n = 0; n < 40; n++) await first.audit.record(hit);
          await Promise.all([first.webhooks.deliver(), second.webhooks.deliver()]);
          const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
          expect(ids).to.have.length(40);
          expect(new Set(ids).size).to.equal(40);
        } finally {
          await Promise.all([first.close(), second.close()]);
        }
      });
    }
  });
}

describe("backbone/webhooks", () => {
  const delivery = (url: string) => ({ id: "one", url, body: "{}" });
  const publicOnly: PostConfig = { secret, allowPrivate: false };
  const send = (url: string, config = publicOnly) => post(delivery(url), config, 0, AbortSignal.timeout(60_000));

  it("calls no address of this machine or its network, however it is written, unless it may", async () => {
    const receiver = await startReceiver();
    try {
      for (const host of [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[fe80::1]",
        "[fd00::1]",
        "[fec0::1]",
        "[ff02::1]",
      ]) {
        await expectCode(send(`http://${host}:${receiver.port}/`), "WEBHOOK_ADDRESS_PRIVATE");
      }
      expect(receiver.received).to.deep.equal([]);
      await send(`http://localhost:${receiver.port}/`, { ...publicOnly, allowPrivate: true });
      expect(receiver.received).to.have.length(1);
    } finally {
      await receiver.close();
    }
  });

  it("follows no redirect", async () => {
    const [receiver, target] = [await startReceiver(), await startReceiver()];
    try {
      Object.assign(receiver.state, { status: 307, location: target.url });
      const { details } = await expectCode(
        send(receiver.url, { ...publicOnly, allowPrivate: true }),
        "WEBHOOK_REFUSED",
      );
      expect(details).to.deep.equal({ status: 307 });
      expect(target.received).to.deep.equal([]);
    } finally {
      await Promise.all([receiver.close(), target.close()]);
    }
  });

  it("does not start without a secret, and never logs the one it has", async () => {
    const deps = { database: undefined as unknown as Database, now: Date.now };
    const config = { urls: ["http://127.0.0.1:9/"], secret: null, allowPrivate: true };
    expectThrownCode(() => createWebhooks(config, { ...deps, log: silent }), "WEBHOOK_SECRET_MISSING");
    const testDatabase = databases[0]?.() ?? expect.fail();
    const lines: string[] = [];
    const log = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
    const { database, audit, close } = await openAudit(await testDatabase.open(), Date.now, (tx, rows) =>
      webhooks.onAppend(tx, rows),
    );
    const webhooks = createWebhooks({ ...config, secret }, { ...deps, database, log });
    try {
      await audit.record({ type: "honeypot.hit", actor: null, subject: null });
      await webhooks.deliver();
      expect(lines.join("")).to.include("was not delivered");
      expect(lines.join("")).to.not.include(secret.slice(6, 20));
    } finally {
      await close();
      await testDatabase.close();
    }
  });
});
