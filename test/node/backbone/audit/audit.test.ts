import { expect } from "chai";
import { sql } from "drizzle-orm";
import { decodeJwt } from "jose";
import { toLeaf } from "../../../../node/backbone/audit/event.ts";
import { type AuditEvent, createRefusals } from "../../../../node/backbone/audit/index.ts";
import { cover, hashLeaf, rootOf } from "../../../../node/backbone/audit/merkle.ts";
import { readHashes, readSize } from "../../../../node/backbone/audit/subtree-table.ts";
import type { Database } from "../../../../node/backbone/database/index.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { createClock, send, silent } from "../../api/fixture.ts";
import { createTestChain, databases, newIdentity, registrationFor, startBackbone } from "../fixture.ts";
import { openAudit, readEvents } from "./fixture.ts";
import { plainRoot } from "./merkle.test.ts";

const event = (subject: string): AuditEvent => ({ type: "test.happened", actor: "somebody", subject });

const readRoot = (database: Database) =>
  database.run(async (db) => {
    const size = await readSize(db);
    return rootOf(size, await readHashes(db, cover(0, size)));
  });

for (const createTestDatabase of databases) {
  const testDatabase = createTestDatabase();

  describe(`backbone/audit on ${testDatabase.name}`, function () {
    this.timeout(180_000);
    after(() => testDatabase.close());

    it("numbers events from 0 without gaps, and has the root of their canonical JSON", async () => {
      const { database, audit, close } = await openAudit(await testDatabase.open(), () => 1_700_000_000_000);
      try {
        const numbers = await Promise.all(Array.from({ length: 2_300 }, (_, n) => audit.record(event(`${n}`))));
        expect(numbers).to.deep.equal(numbers.map((_, index) => index));
        expect(
          await audit.record({
            type: "a.b",
            actor: null,
            subject: null,
            details: { z: 1, a: [null, { y: 1, b: "ü" }] },
          }),
        ).to.equal(2_300);
        const rows = await readEvents(database);
        expect(rows.map(({ sequence }) => sequence)).to.deep.equal(rows.map((_, index) => index));
        expect(rows.map((row) => row.subject).slice(0, 2_300)).to.deep.equal(numbers.map(String));
        expect(toLeaf(rows[2_300] ?? expect.fail())).to.equal(
          '{"actor":null,"atMs":1700000000000,"details":{"a":[null,{"b":"ü","y":1}],"z":1},"sequence":2300,"subject":null,"type":"a.b"}',
        );
        expect(await readRoot(database)).to.equal(plainRoot(rows.map((row) => hashLeaf(toLeaf(row)))));
      } finally {
        await close();
      }
    });

    it("goes on where it was after a restart", async () => {
      const settings = await testDatabase.open();
      for (const expected of [0, 1, 2]) {
        const { audit, close } = await openAudit(settings);
        expect(await audit.record(event("again"))).to.equal(expected);
        await close();
      }
    });

    it("keeps an event whatever a stranger put into its names and details", async () => {
      const { database, audit, close } = await openAudit(await testDatabase.open());
      try {
        const hostile = "'); DROP TABLE audit_events; -- \u0000\u001b[2J\ud800 ü";
        await audit.record({
          type: "test.hostile",
          actor: hostile.repeat(20),
          subject: hostile,
          details: { hostile, __proto__: null, "\u0000": "\u0000\udfff" },
        });
        const [row] = await readEvents(database);
        expect(row?.actor).to.have.length(256);
        expect(row?.subject).to.equal("'); DROP TABLE audit_events; -- \ufffd\ufffd[2J\ufffd ü");
        expect(JSON.parse(row?.details ?? "").hostile).to.equal(hostile);
        expect(await readRoot(database)).to.equal(hashLeaf(toLeaf(row ?? expect.fail())));
      } finally {
        await close();
      }
    });

    it("refuses types and sizes that no event has, rather than to write them", async () => {
      const { database, audit, close } = await openAudit(await testDatabase.open());
      try {
        for (const type of ["", "one", "Upper.case", "a.b;", `a.${"b".repeat(64)}`]) {
          expect(await audit.record({ ...event(""), type }).catch((error: unknown) => error)).to.be.instanceOf(
            RangeError,
          );
        }
        const details = { text: "x".repeat(8_192) };
        expect(await audit.record({ ...event(""), details }).catch((error: unknown) => error)).to.be.instanceOf(
          RangeError,
        );
        expect(await readEvents(database)).to.deep.equal([]);
      } finally {
        await close();
      }
    });

    it("puts no bound on what it writes, but on what waits", async () => {
      const { database, audit, close } = await openAudit(await testDatabase.open());
      try {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 21_500 }, (_, n) => audit.record(event(`${n}`))),
        );
        const written = outcomes.filter(({ status }) => status === "fulfilled").length;
        expect(written).to.be.at.least(20_000).and.below(21_500);
        expect((await readEvents(database)).length).to.equal(written);
        const refused = outcomes.find(({ status }) => status === "rejected") as PromiseRejectedResult;
        await expectCode(Promise.reject(refused.reason), "AUDIT_BUSY");
      } finally {
        await close();
      }
    });

    it("is not stopped by a row that somebody put behind it, and says so when its own subtrees are gone", async () => {
      const { database, audit, close } = await openAudit(await testDatabase.open());
      const run = (query: ReturnType<typeof sql>) => database.run((db) => db.execute(query));
      try {
        for (const n of [0, 1, 2]) await audit.record(event(`${n}`));
        await run(sql`INSERT INTO audit_events VALUES (3, 0, 'forged.event', null, null, '{}')`);
        expect(await audit.record(event("3"))).to.equal(3);
        const rows = await readEvents(database);
        expect(rows.map(({ subject }) => subject)).to.deep.equal(["0", "1", "2", "3"]);
        expect(await readRoot(database)).to.equal(plainRoot(rows.map((row) => hashLeaf(toLeaf(row)))));
        await run(sql`DELETE FROM audit_subtrees WHERE level = 2`);
        const { details } = await expectCode(audit.record(event("4")), "AUDIT_BROKEN");
        expect(details).to.deep.equal({ missingSubtree: "2/0" });
      } finally {
        await close();
      }
    });

    it("counts a flood of refused sign-ins in a bounded number of events, and loses none of the count", async () => {
      const { database, audit, close } = await openAudit(await testDatabase.open());
      try {
        const refusals = createRefusals("sign_in.refused", { audit, log: silent });
        for (let n = 0; n < 100_000; n++) refusals.count(`0x${(n % 5_000).toString(16)}`, "SIGNATURE_INVALID");
        refusals.count("0x0", "CHALLENGE_UNKNOWN");
        await refusals.flush();
        await refusals.flush();
        const rows = await readEvents(database);
        expect(rows.length).to.be.below(40);
        const details = rows.map((row) => JSON.parse(row.details));
        expect(details.reduce((sum, { attempts }) => sum + attempts, 0)).to.equal(100_001);
        expect(rows[1]).to.include({ type: "sign_in.refused", actor: null, subject: "0x1" });
        expect(details[1]).to.deep.equal({ code: "SIGNATURE_INVALID", attempts: 20 });
      } finally {
        await close();
      }
    });

    it("has the signing key, the tokens and the forged sign-ins of a backbone", async () => {
      const chain = createTestChain();
      const settings = await testDatabase.open();
      const [peer, other] = [newIdentity(), newIdentity()];
      for (const { peerId } of [peer, other]) chain.set(registrationFor(peerId), true);
      const clock = createClock();
      const started = await startBackbone(settings, chain, clock);
      const [{ kid }] = (await send(`${started.url}/.well-known/jwks.json`)).json.keys;
      const session = await started.authenticate(peer);
      expect(session.status).to.equal(200);
      const challenge = await started.challengeFor(peer.peerId);
      const forged = { ...started.answerTo(peer, challenge), signature: started.answerTo(other, challenge).signature };
      expect((await started.verify(forged)).json.error.code).to.equal("SIGNATURE_INVALID");
      await started.backbone.stop();

      const { database, close } = await openAudit(settings);
      try {
        const rows = await readEvents(database);
        expect(rows.map(({ type, actor, subject }) => [type, actor, subject])).to.deep.equal([
          ["signing_key.created", null, kid],
          ["sessions.issued", null, null],
          ["sign_in.refused", null, peer.peerId],
        ]);
        const { jti } = decodeJwt(session.json.session_token as string);
        expect(JSON.parse(rows[1]?.details ?? "")).to.deep.equal({ sessions: [{ peerId: peer.peerId, jti }] });
        expect(JSON.parse(rows[2]?.details ?? "")).to.deep.equal({ code: "SIGNATURE_INVALID", attempts: 1 });
      } finally {
        await close();
      }
    });

    if (testDatabase.name === "PostgreSQL") {
      it("has one order where several instances write at once", async () => {
        const settings = await testDatabase.open();
        const instances = await Promise.all([1, 2, 3].map(() => openAudit(settings)));
        try {
          const numbers = await Promise.all(
            Array.from({ length: 600 }, (_, n) => instances[n % 3]?.audit.record(event(`${n}`))),
          );
          expect(numbers.toSorted((a, b) => Number(a) - Number(b))).to.deep.equal(numbers.map((_, index) => index));
          const [first] = instances;
          if (first === undefined) expect.fail();
          const rows = await readEvents(first.database);
          for (const [n, number] of numbers.entries()) expect(rows[number ?? -1]?.subject).to.equal(`${n}`);
          expect(await readRoot(first.database)).to.equal(plainRoot(rows.map((row) => hashLeaf(toLeaf(row)))));
        } finally {
          await Promise.all(instances.map(({ close }) => close()));
        }
      });
    }
  });
}
