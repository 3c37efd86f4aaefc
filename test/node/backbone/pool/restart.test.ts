import { tmpdir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import pg from "pg";
import { findPostgres, type PostgresServer, startPostgres } from "../../../harness/postgres.ts";
import { until } from "../../../harness/until.ts";
import { send } from "../../api/fixture.ts";
import { createTestChain, newIdentity, registrationFor, startBackbone, type TestBackbone } from "../fixture.ts";
import { aggregateOf, createDevice, type Device, followEvents, report, sessionOf } from "./fixture.ts";

const programs = findPostgres();
const clock = { now: Date.now, advance: () => undefined };
const pool = {
  // An agent that beats ten times as often as below is not held back, and none is missed on a busy machine.
  heartbeatMs: 60_000,
  silentMs: 120_000,
  writeMs: 1_000,
  devicesPerPeer: 100_000,
  heartbeatsPerMinute: 1e6,
  registrationsPerMinute: 1e6,
};
const pacingMs = 100;

/** What agents do all the time, at both backbones, until it is stopped; and what they were answered. */
function startLoad(backbones: readonly TestBackbone[], session: string) {
  const stopping = new AbortController();
  const seen = {
    /** Devices whose registration was answered. */
    registered: [] as Device[],
    left: [] as Device[],
    refreshed: 0,
    /** Statuses and codes of all answers but those of heartbeats. */
    others: new Set<string>(),
    refusals: [] as { status: number; code: string; retryAfter: unknown }[],
  };
  const note = (answer: Awaited<ReturnType<typeof send>>) => {
    const code = answer.status === 200 ? "ok" : answer.json.error.code;
    seen.others.add(`${answer.status} ${code}`);
    if (answer.status !== 200) {
      seen.refusals.push({ status: answer.status, code, retryAfter: answer.headers["retry-after"] });
    }
    return answer.status === 200;
  };

  async function comeAndGo(backbone: TestBackbone, leaves: boolean): Promise<void> {
    const device = createDevice();
    if (!note(await device.register(backbone, session))) return;
    seen.registered.push(device);
    if (leaves && note(await device.beat(backbone)) && note(await device.leave(backbone))) seen.left.push(device);
  }

  async function refresh(device: Device, backbone: TestBackbone): Promise<void> {
    const answer = await device.refresh(backbone);
    // A server that was killed may have taken a token and not have said so: agents register anew then.
    if (answer.status === 401) note(await device.register(backbone, session));
    else if (note(answer)) seen.refreshed++;
  }

  async function repeat(act: () => Promise<void>): Promise<void> {
    while (!stopping.signal.aborted) {
      await act();
      await delay(pacingMs);
    }
  }

  const turning = createDevice();
  const running = [
    ...backbones.flatMap((backbone) => [
      repeat(() => comeAndGo(backbone, false)),
      repeat(() => comeAndGo(backbone, true)),
    ]),
    turning
      .register(backbones[0] as TestBackbone, session)
      .then(() => repeat(() => refresh(turning, backbones[0] as TestBackbone))),
  ];
  return {
    seen,
    turning,
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** Devices that only send heartbeats, and what came of each. */
function startBeating(devices: readonly (readonly [Device, TestBackbone])[]) {
  const stopping = new AbortController();
  const answers = new Map<string, number>();
  const running = devices.map(async ([device, backbone]) => {
    while (!stopping.signal.aborted) {
      const { status, json } = await device.beat(backbone);
      const outcome = status === 200 ? "ok" : `${status} ${json.error.code}`;
      answers.set(outcome, (answers.get(outcome) ?? 0) + 1);
      await delay(pacingMs);
    }
  });
  return {
    answers,
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

(programs === null ? describe.skip : describe)("backbone/pool while PostgreSQL is restarted under load", function () {
  this.timeout(300_000);
  this.slow(60_000);
  const chain = createTestChain();
  const peer = newIdentity();
  let server: PostgresServer;
  let databaseUrl: string;
  let a: TestBackbone;
  let b: TestBackbone;
  let session: string;
  /** Load that a failed test would leave running. */
  let stops: (() => Promise<unknown>)[] = [];

  before(async () => {
    server = await startPostgres(programs ?? "");
    databaseUrl = await server.createDatabase();
    chain.set(registrationFor(peer.peerId), true);
    const settings = { dataFolder: tmpdir(), databaseUrl, pool };
    [a, b] = await Promise.all([startBackbone(settings, chain, clock), startBackbone(settings, chain, clock)]);
    session = await sessionOf(a, peer);
  });
  afterEach(async () => {
    await server.resume();
    await Promise.all(stops.map((stop) => stop()));
    stops = [];
  });
  after(async () => {
    await Promise.all([a?.backbone.stop(), b?.backbone.stop()]);
    await server?.stop();
  });

  async function query<T>(text: string): Promise<T[]> {
    const client = new pg.Client(databaseUrl);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  for (const [how, end] of [
    ["shut down", () => server.halt()],
    ["killed", () => server.crash()],
  ] as const) {
    it(`takes heartbeats on, says what is down, and recovers with all that it answered: ${how}`, async () => {
      const steady = await Promise.all(
        [a, a, a, b, b, b].map(async (backbone) => {
          const device = createDevice();
          await device.register(backbone, session);
          expect((await device.beat(backbone)).status).to.equal(200);
          return [device, backbone] as const;
        }),
      );
      const events = await Promise.all([a, b].map(({ url }) => followEvents(url)));
      const beating = startBeating(steady);
      const load = startLoad([a, b], session);
      const { seen } = load;
      stops = [
        load.stop,
        beating.stop,
        ...events.map(
          ({ close }) =>
            async () =>
              close(),
        ),
      ];
      await until(() => seen.registered.length >= 10 && seen.left.length >= 4 && seen.refreshed >= 2);

      await end();
      await until(() => seen.refusals.length >= 8);
      for (const { url } of [a, b]) {
        const ready = await send(`${url}/readyz`);
        expect([ready.status, ready.json.error.code]).to.deep.equal([503, "NOT_READY"]);
        expect(ready.json.error.details).to.deep.equal({ database: "DATABASE_UNAVAILABLE", chain: "ok" });
        expect((await send(`${url}/healthz`)).status).to.equal(200);
      }
      const before = beating.answers.get("ok") ?? 0;
      await until(() => (beating.answers.get("ok") ?? 0) >= before + 60);

      await server.resume();
      const backMs = Date.now();
      const reached = [seen.registered.length, seen.left.length, seen.refreshed] as const;
      await until(
        () =>
          seen.registered.length >= reached[0] + 4 && seen.left.length >= reached[1] + 2 && seen.refreshed > reached[2],
      );
      for (const { url } of [a, b]) await until(async () => (await send(`${url}/readyz`)).status === 200);
      await load.stop();
      // Whatever was asked for in the very moment was refused by name, and told when to ask again.
      expect([...seen.others].sort()).to.deep.equal(["200 ok", "503 DATABASE_UNAVAILABLE"]);
      expect(seen.refusals.filter(({ retryAfter }) => !(Number(retryAfter) > 0))).to.deep.equal([]);
      expect([...beating.answers.keys()]).to.deep.equal(["ok"]);

      // The database tells instances again, rather than being asked now and then.
      await until(
        () => query("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN %'"),
        (rows) => rows.length === 2,
      );
      const [ofA, ofB] = events;
      const late = createDevice();
      await late.register(a, session);
      await late.beat(a, report(3));
      for (const { seen: heard } of [ofA, ofB].flatMap((of) => of ?? [])) {
        await until(() => heard.some(({ type, data }) => type === "joined" && data.node === late.number));
      }
      // Nobody who was heard all the time is said to have left.
      const steadyNumbers = new Set(steady.map(([device]) => device.number));
      const gone = ofB?.seen.filter(({ type, data }) => type === "left" && steadyNumbers.has(data.node ?? 0));
      expect(gone).to.deep.equal([]);
      expect(ofA?.seen.slice(-50)).to.deep.equal(ofB?.seen.slice(-50));

      const ids = [...steadyNumbers].join();
      await until(
        () => query<{ seen: string }>(`SELECT min(last_seen_ms) AS seen FROM devices WHERE id IN (${ids})`),
        ([row]) => Number(row?.seen) > backMs,
      );
      await beating.stop();
      const leftIds = seen.left.map(({ number }) => number).join();
      await until(
        () => query(`SELECT id FROM devices WHERE online AND id IN (${leftIds})`),
        (rows) => rows.length === 0,
      );

      const answers = await Promise.all(seen.registered.map((device) => device.beat(b)));
      expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
      expect((await load.turning.beat(b)).status).to.equal(200);
      expect((await aggregateOf(a)).registered).to.be.at.least(seen.registered.length);
      const logged = await query<{ subject: string }>(
        "SELECT subject FROM audit_events WHERE type = 'agent.registered'",
      );
      const subjects = new Set(logged.map(({ subject }) => Number(subject)));
      expect(seen.registered.filter(({ number }) => !subjects.has(number))).to.deep.equal([]);
      const { findings, size } = await a.backbone.verifyAudit(AbortSignal.timeout(60_000));
      expect(findings).to.deep.equal([]);
      expect(size).to.be.at.least(subjects.size);
    });
  }
});
