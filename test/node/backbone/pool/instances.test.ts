import { tmpdir } from "node:os";
import { expect } from "chai";
import { findPostgres, type PostgresServer, startPostgres } from "../../../harness/postgres.ts";
import { until } from "../../../harness/until.ts";
import { createClock, send } from "../../api/fixture.ts";
import { createTestChain, newIdentity, registrationFor, startBackbone, type TestBackbone } from "../fixture.ts";
import { aggregateOf, createDevice, followEvents, report, sessionOf } from "./fixture.ts";

const onlineAt = async (backbone: TestBackbone) => (await aggregateOf(backbone)).totals.online;
const programs = findPostgres();

(programs === null ? describe.skip : describe)("backbone/pool/instances on one PostgreSQL", function () {
  this.timeout(240_000);
  const chain = createTestChain();
  const clock = createClock();
  const peer = newIdentity();
  // Often enough that no device is held back, whatever these tests ask of it.
  const pool = { heartbeatMs: 100, silentMs: 9_000 };
  let server: PostgresServer;
  let a: TestBackbone;
  let b: TestBackbone;
  let session: string;

  before(async () => {
    server = await startPostgres(programs ?? "");
    chain.set(registrationFor(peer.peerId), true);
    // As behind a proxy: a device is told from its heartbeats alone, however long a busy machine keeps a connection.
    const trustProxy = ["127.0.0.1"];
    const settings = { dataFolder: tmpdir(), databaseUrl: await server.createDatabase(), pool, trustProxy };
    [a, b] = await Promise.all([startBackbone(settings, chain, clock), startBackbone(settings, chain, clock)]);
    session = await sessionOf(a, peer);
  });
  after(async () => {
    await Promise.all([a?.backbone.stop(), b?.backbone.stop()]);
    await server?.stop();
  });

  it("tell the same events under the same numbers, and the same sums", async () => {
    const [ofA, ofB] = [await followEvents(a.url), await followEvents(b.url)];
    const devices = Array.from({ length: 6 }, () => createDevice());
    for (const [n, device] of devices.entries()) {
      await device.register(n % 2 ? a : b, session);
      await device.beat(n % 2 ? b : a);
    }
    await until(() => ofA.seen.length === 6 && ofB.seen.length === 6);
    expect(ofA.seen).to.deep.equal(ofB.seen);
    expect([await onlineAt(a), await onlineAt(b)]).to.deep.equal([6, 6]);
    // A goodbye counts where the device was heard.
    for (const device of devices) for (const backbone of [a, b]) await device.leave(backbone);
    await until(
      () => onlineAt(b),
      (count) => count === 0,
    );
    for (const { close } of [ofA, ofB]) close();
  });

  it("let a device go from one to the other, and do not miss it there", async () => {
    const events = await followEvents(a.url);
    const device = createDevice();
    await device.register(a, session);
    await device.beat(a);
    await until(() => events.seen.at(-1)?.type === "joined");
    await device.beat(b);
    // What b heard first it told first: after each witness, whatever came of the device's move is told.
    const witnesses = [createDevice(), createDevice()];
    for (const witness of witnesses) {
      const seen = events.seen.length;
      await witness.register(b, session);
      await witness.beat(b);
      await until(() => events.seen.length > seen);
      for (let beats = 0; beats < 4; beats++) {
        clock.advance(3_000);
        for (const heard of [device, ...witnesses.slice(0, witnesses.indexOf(witness) + 1)]) await heard.beat(b);
      }
    }
    expect(events.seen.slice(-3).map(({ type }) => type)).to.deep.equal(["joined", "joined", "joined"]);
    expect(
      await until(
        () => onlineAt(a),
        (count) => count === 3,
      ),
    ).to.equal(3);
    await device.leave(b);
    for (const witness of witnesses) await witness.leave(b);
    await until(
      () => onlineAt(a),
      (count) => count === 0,
    );
    events.close();
  });

  it("refuse at each what was revoked at the other", async () => {
    const device = createDevice();
    await device.register(a, session);
    expect((await device.beat(b)).status).to.equal(200);
    const stolen = device.tokens.refreshToken;
    await device.refresh(a);
    clock.advance(60_000);
    await device.beat(b);
    expect((await device.refresh(a, stolen)).json.error.code).to.equal("REFRESH_TOKEN_REUSED");
    const answer = await until(
      () => device.beat(b),
      ({ status }) => status !== 200,
    );
    expect([answer.status, answer.json.error.code]).to.deep.equal([401, "AGENT_TOKEN_INVALID"]);
  });

  it("go on with the devices that they hear while PostgreSQL is away, say so in readiness, and recover", async () => {
    const events = await followEvents(b.url);
    const known = createDevice();
    await known.register(a, session);
    await known.beat(a);
    await until(() => events.seen.some(({ type, data }) => type === "joined" && data.node === known.number));
    await server.halt();
    expect((await known.beat(a, report(1))).status).to.equal(200);
    const refused = await createDevice().register(a, session);
    expect([refused.status, refused.json.error.code]).to.deep.equal([503, "DATABASE_UNAVAILABLE"]);
    expect((await send(`${a.url}/readyz`)).json.error.details.database).to.equal("DATABASE_UNAVAILABLE");
    expect((await send(`${a.url}/healthz`)).status).to.equal(200);
    await server.resume();
    await until(async () => (await send(`${a.url}/readyz`)).status === 200);
    // What changed while it was away is told once it is back, at the other instance too.
    await until(() => events.seen.some(({ type, data }) => type === "changed" && data.node === known.number));
    events.close();
  });
});
