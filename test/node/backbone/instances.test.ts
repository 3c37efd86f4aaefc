import { tmpdir } from "node:os";
import { expect } from "chai";
import { findPostgres, type PostgresServer, startPostgres } from "../../harness/postgres.ts";
import { createClock, send } from "../api/fixture.ts";
import {
  createTestChain,
  databases,
  eventually,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
} from "./fixture.ts";

const keysOf = async (backbone: TestBackbone) => (await send(`${backbone.url}/.well-known/jwks.json`)).json.keys;

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/restart on ${database.name}`, function () {
    this.timeout(180_000);
    after(() => database.close());

    it("keeps its keys, registry and records", async () => {
      const chain = createTestChain();
      const clock = createClock();
      const settings = await database.open();
      const peer = newIdentity();
      chain.set(registrationFor(peer.peerId), true);

      const before = await startBackbone(settings, chain, clock);
      const token = (await before.authenticate(peer)).json.session_token;
      const record = await before.recordOf(peer);
      await before.announce(record, token);
      const keys = await keysOf(before);
      await before.backbone.stop();

      chain.leave();
      const after = await startBackbone(settings, chain, clock);
      try {
        expect(await keysOf(after)).to.deep.equal(keys);
        const { json } = await after.lookup(peer.peerId);
        expect(json.record).to.deep.equal(record);
        expect(json.registration.peerId).to.equal(peer.peerId);
        chain.comeBack();
        const newer = await eventually(
          async () => after.announce(await after.recordOf(peer, clock.now() + 1), token),
          ({ status }) => status !== 503,
        );
        expect(newer.status).to.equal(200);
      } finally {
        await after.backbone.stop();
      }
    });

    it("stops twice", async () => {
      const made = await startBackbone(await database.open(), createTestChain());
      await Promise.all([made.backbone.stop(), made.backbone.stop()]);
      await made.backbone.stop();
    });
  });
}

const programs = findPostgres();

(programs === null ? describe.skip : describe)("backbone/instances on one PostgreSQL", function () {
  this.timeout(180_000);
  const chain = createTestChain();
  const clock = createClock();
  const peer = newIdentity();
  let server: PostgresServer;
  let a: TestBackbone;
  let b: TestBackbone;

  before(async () => {
    server = await startPostgres(programs ?? "");
    chain.set(registrationFor(peer.peerId), true);
    const settings = { dataFolder: tmpdir(), databaseUrl: await server.createDatabase() };
    [a, b] = await Promise.all([startBackbone(settings, chain, clock), startBackbone(settings, chain, clock)]);
  });
  after(async () => {
    await Promise.all([a?.backbone.stop(), b?.backbone.stop()]);
    await server?.stop();
  });

  describe("started at the same moment", () => {
    it("made the tables and one key set between them", async () => {
      const [ofA, ofB] = await Promise.all([keysOf(a), keysOf(b)]);
      expect(ofA).to.have.length(1);
      expect(ofA).to.deep.equal(ofB);
    });

    it("take each other's challenges, once", async () => {
      const answer = a.answerTo(peer, await a.challengeFor(peer.peerId));
      const answers = await Promise.all([a.verify(answer), b.verify(answer), a.verify(answer), b.verify(answer)]);
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
      const crossed = b.answerTo(peer, await a.challengeFor(peer.peerId));
      expect((await b.verify(crossed)).status).to.equal(200);
    });

    it("take each other's tokens, and find what was announced to the other within two seconds", async () => {
      expect((await b.lookup(peer.peerId)).json.record).to.equal(null);
      const token = (await a.authenticate(peer)).json.session_token;
      const record = await a.recordOf(peer);
      expect((await a.announce(record, token)).status).to.equal(200);
      clock.advance(2_000);
      expect((await b.lookup(peer.peerId)).json.record).to.deep.equal(record);
      expect((await b.announce(await b.recordOf(peer), token)).status).to.equal(200);
    });

    it("agree on the newest record, whoever is told first", async () => {
      const token = (await a.authenticate(peer)).json.session_token;
      const records = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => a.recordOf(peer, clock.now() + n)));
      await Promise.all(records.map((record, n) => (n % 2 === 0 ? a : b).announce(record, token)));
      clock.advance(2_000);
      for (const backbone of [a, b]) {
        expect((await backbone.lookup(peer.peerId)).json.record).to.deep.equal(records[5]);
      }
    });
  });

  describe("while the database is away", () => {
    const challenge = () => send(`${a.url}/api/auth/challenge?peer_id=${peer.peerId}`);

    it("answer DATABASE_UNAVAILABLE, say so in readiness, and recover by themselves", async () => {
      const token = (await a.authenticate(peer)).json.session_token;
      await server.halt();
      clock.advance(2_000);
      for (const answer of [await challenge(), await a.lookup(peer.peerId)]) {
        expect(answer.status).to.equal(503);
        expect(answer.json.error.code).to.equal("DATABASE_UNAVAILABLE");
      }
      const ready = await send(`${a.url}/readyz`);
      expect((await send(`${a.url}/readyz?exclude=chain`)).status).to.equal(503);
      expect(ready.json.error.details).to.deep.equal({ database: "DATABASE_UNAVAILABLE", chain: "ok" });
      expect((await send(`${a.url}/healthz`)).status).to.equal(200);
      expect((await send(`${a.url}/metrics`)).status).to.equal(200);

      await server.resume();
      expect((await challenge()).status).to.equal(200);
      expect((await send(`${a.url}/readyz`)).status).to.equal(200);
      expect((await a.authenticate(peer)).status).to.equal(200);
      expect((await b.announce(await b.recordOf(peer), token)).status).to.equal(200);
    });

    it("lose no request that they answered with 200, through restarts under load", async () => {
      let stop = false;
      const accepted: number[] = [];
      const token = (await a.authenticate(peer)).json.session_token;
      const codes = new Set<string>();
      const load = Array.from({ length: 4 }, async (_, worker) => {
        for (let n = 0; !stop; n++) {
          const sequence = clock.now() + 100 + n * 4 + worker;
          const answer = await (worker % 2 === 0 ? a : b).announce(await a.recordOf(peer, sequence), token);
          if (answer.status === 200) accepted.push(sequence);
          else codes.add(answer.json.error.code);
        }
      });
      for (let round = 0; round < 2; round++) {
        await eventually(
          async () => accepted.length,
          (count) => count > round * 10 + 5,
        );
        await server.halt();
        await eventually(
          async () => codes,
          (seen) => seen.has("DATABASE_UNAVAILABLE"),
        );
        await server.resume();
        const reached = accepted.length;
        await eventually(
          async () => accepted.length,
          (count) => count > reached,
        );
      }
      stop = true;
      await Promise.all(load);
      expect([...codes].filter((code) => !["DATABASE_UNAVAILABLE", "RECORD_STALE"].includes(code))).to.deep.equal([]);
      clock.advance(2_000);
      const { json } = await a.lookup(peer.peerId);
      expect(JSON.parse(json.record.content).sequence).to.be.at.least(Math.max(...accepted));
    });

    it("start as soon as it is there", async () => {
      const databaseUrl = await server.createDatabase();
      await server.halt();
      const starting = startBackbone({ dataFolder: tmpdir(), databaseUrl }, chain, clock);
      await server.resume();
      const late = await starting;
      expect((await send(`${late.url}/readyz`)).status).to.equal(200);
      await late.backbone.stop();
    });

    it("give up starting when their signal says so", async () => {
      await server.halt();
      const settings = { dataFolder: tmpdir(), databaseUrl: "postgres://shadowmesh@127.0.0.1:1/none" };
      const error = await startBackbone(settings, chain, clock, AbortSignal.timeout(300)).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.have.property("code", "DATABASE_UNAVAILABLE");
      await server.resume();
    });
  });
});
