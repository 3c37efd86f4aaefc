import { expect } from "chai";
import { type SQL, sql } from "drizzle-orm";
import { toLeaf } from "../../../../node/backbone/audit/event.ts";
import { isSigned } from "../../../../node/backbone/audit/head.ts";
import { createHeads, type Heads, verifyLog } from "../../../../node/backbone/audit/index.ts";
import { hashLeaf } from "../../../../node/backbone/audit/merkle.ts";
import type { AnchoredHead } from "../../../../node/core/chain/index.ts";
import { send, silent } from "../../api/fixture.ts";
import { createTestChain, databases, domain, newIdentity, startBackbone } from "../fixture.ts";
import { openAudit, readEvents } from "./fixture.ts";
import { provesConsistency, provesInclusion } from "./rfc-9162.ts";

const events = 21;
const headAt = 13;

for (const createTestDatabase of databases) {
  const testDatabase = createTestDatabase();

  describe(`backbone/audit/verify on ${testDatabase.name}`, function () {
    this.timeout(180_000);
    const signer = newIdentity();
    let opened: Awaited<ReturnType<typeof openAudit>>;
    let heads: Heads;
    let anchors: { last(): Promise<AnchoredHead | null> } | null = null;

    before(async () => {
      opened = await openAudit(await testDatabase.open(), () => 1_700_000_000_000);
    });
    beforeEach(async () => {
      for (const table of ["audit_events", "audit_subtrees", "audit_heads"]) await run(sql.raw(`DELETE FROM ${table}`));
      heads = createHeads({ database: opened.database, signer, domain, now: Date.now, log: silent });
      for (let n = 0; n < events; n++) {
        await opened.audit.record({ type: "test.happened", actor: "a", subject: `${n}`, details: { n } });
        if (n + 1 === headAt || n + 1 === events) await heads.sign();
      }
    });
    after(async () => {
      await opened?.close();
      await testDatabase.close();
    });

    afterEach(() => {
      anchors = null;
    });

    const run = (query: SQL) => opened.database.run((db) => db.execute(query));
    const verify = () => verifyLog({ database: opened.database, domain, anchors }, AbortSignal.timeout(60_000));
    const findings = async () => (await verify()).findings;

    it("finds nothing where nobody changed anything, while events come in too", async () => {
      const { size, root, heads: checked, findings } = await verify();
      expect([size, checked, findings]).to.deep.equal([events, 2, []]);
      expect(`0x${root}`).to.equal((await heads.current()).root);
      let writing = true;
      const writer = (async () => {
        while (writing) {
          await opened.audit.record({ type: "test.more", actor: null, subject: null });
          await heads.sign();
        }
      })();
      for (let n = 0; n < 10; n++) expect((await verify()).findings).to.deep.equal([]);
      writing = false;
      await writer;
    });

    it("names each row that was changed, whichever column it was", async () => {
      await run(sql`UPDATE audit_events SET details = '{"n":99}' WHERE sequence = 3`);
      await run(sql`UPDATE audit_events SET actor = 'b' WHERE sequence = 4`);
      await run(sql`UPDATE audit_events SET actor = NULL WHERE sequence = 7`);
      await run(sql`UPDATE audit_events SET at_ms = at_ms + 1 WHERE sequence = 12`);
      await run(sql`UPDATE audit_events SET type = 'test.other', details = 'no JSON' WHERE sequence = 20`);
      expect(await findings()).to.deep.equal([3, 4, 7, 12, 20].map((n) => ({ kind: "changed", from: n, to: n + 1 })));
    });

    it("names rows that were removed, from the middle and with their hashes from the end", async () => {
      await run(sql`DELETE FROM audit_events WHERE sequence IN (5, 6)`);
      expect(await findings()).to.deep.equal([{ kind: "removed", from: 5, to: 7 }]);
      await run(sql`DELETE FROM audit_events WHERE sequence >= 18`);
      await run(sql`DELETE FROM audit_subtrees WHERE (position + 1) * (1 << level) > 18`);
      expect(await findings()).to.deep.equal([
        { kind: "removed", from: 5, to: 7 },
        { kind: "removed", from: 18, to: events },
      ]);
    });

    it("names rows that were put in, before the log and behind it", async () => {
      for (const n of [-1, events]) await run(sql`INSERT INTO audit_events VALUES (${n}, 0, 'a.b', null, null, '{}')`);
      expect(await findings()).to.deep.equal([
        { kind: "inserted", from: -1, to: 0 },
        { kind: "inserted", from: events, to: events + 1 },
      ]);
    });

    it("tells rows that changed places", async () => {
      await run(sql`UPDATE audit_events SET sequence = 1000 WHERE sequence = 8`);
      await run(sql`UPDATE audit_events SET sequence = 8 WHERE sequence = 9`);
      await run(sql`UPDATE audit_events SET sequence = 9 WHERE sequence = 1000`);
      expect(await findings()).to.deep.equal([8, 9].map((n) => ({ kind: "changed", from: n, to: n + 1 })));
    });

    it("tells a changed row whose leaf's hash was changed with it, by the subtree above", async () => {
      await run(sql`UPDATE audit_events SET subject = 'another' WHERE sequence = 10`);
      const row = (await readEvents(opened.database))[10] ?? expect.fail();
      await run(sql`UPDATE audit_subtrees SET hash = ${hashLeaf(toLeaf(row))} WHERE level = 0 AND position = 10`);
      expect(await findings()).to.deep.equal([{ kind: "subtree", from: 10, to: 12 }]);
    });

    it("tells a log that was written anew as a whole, by the heads that were signed", async () => {
      await run(sql`DELETE FROM audit_events`);
      await run(sql`DELETE FROM audit_subtrees`);
      for (let n = 0; n < events; n++) {
        const subject = n === 15 ? "another" : `${n}`;
        await opened.audit.record({ type: "test.happened", actor: "a", subject, details: { n } });
      }
      expect(await findings()).to.deep.equal([{ kind: "rewritten", from: headAt, to: events }]);
    });

    it("tells a head that was changed or forged", async () => {
      await run(sql`UPDATE audit_heads SET root = ${`0x${"11".repeat(32)}`} WHERE size = ${headAt}`);
      expect(await findings()).to.deep.equal([{ kind: "head", from: 0, to: headAt }]);
    });

    it("tells a log that was cut or written anew with all its heads, by the one on chain", async () => {
      const { size, root } = await heads.current();
      anchors = { last: async () => ({ size, root, anchoredAtMs: 0 }) };
      expect((await verify()).anchored).to.equal(events);
      expect(await findings()).to.deep.equal([]);
      for (const table of ["audit_events", "audit_subtrees", "audit_heads"]) await run(sql.raw(`DELETE FROM ${table}`));
      expect(await findings()).to.deep.equal([{ kind: "removed", from: 0, to: events }]);
      for (let n = 0; n < events; n++) await opened.audit.record({ type: "test.forged", actor: null, subject: null });
      expect(await findings()).to.deep.equal([{ kind: "rewritten", from: 0, to: events }]);
    });

    it("proves over HTTP what its signed head says", async () => {
      const settings = await testDatabase.open();
      const chain = createTestChain();
      const started = await startBackbone(settings, chain);
      try {
        // The head of the start is a minute old then.
        started.clock.advance(60_000);
        const get = async (path: string) => (await send(`${started.url}/v1/audit/${path}`)).json;
        const head = await get("head");
        expect(await isSigned(head, domain)).to.equal(true);
        expect(await isSigned({ ...head, size: head.size + 1 }, domain)).to.equal(false);
        expect(head.peerId).to.equal(started.identity.peerId);
        const { leafHash, path } = await get(`proof/inclusion?sequence=0&size=${head.size}`);
        const root = head.root.slice(2);
        expect(provesInclusion({ sequence: 0, size: head.size, leafHash, path, root })).to.equal(true);
        const consistency = await get(`proof/consistency?first=${head.size}&second=${head.size}`);
        const same = { first: head.size, second: head.size, firstRoot: root, secondRoot: root };
        expect(provesConsistency({ ...same, path: consistency.path })).to.equal(true);
        for (const wrong of [
          `proof/inclusion?sequence=0&size=${head.size + 1}`,
          `proof/inclusion?sequence=${head.size}&size=${head.size}`,
          `proof/consistency?first=0&second=${head.size}`,
          `proof/consistency?first=2&second=1`,
        ]) {
          const { status, json } = await send(`${started.url}/v1/audit/${wrong}`);
          expect([status, json.error.code], wrong).to.deep.equal([400, "AUDIT_OUT_OF_RANGE"]);
        }
        expect((await started.backbone.verifyAudit(AbortSignal.timeout(60_000))).findings).to.deep.equal([]);
      } finally {
        await started.backbone.stop();
      }
    });
  });
}
