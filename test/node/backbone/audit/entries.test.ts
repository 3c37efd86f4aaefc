import { expect } from "chai";
import { sql } from "drizzle-orm";
import { createClock, send } from "../../api/fixture.ts";
import { createBrowser, startAdminBackbone, startTestIssuer } from "../admin/fixture.ts";
import { databases } from "../fixture.ts";
import { openAudit } from "./fixture.ts";

const postgres = databases.map((create) => create()).find(({ name }) => name === "PostgreSQL");

describe("backbone/audit/entries", function () {
  this.timeout(180_000);
  after(() => postgres?.close());

  it("are shown to an admin with both factors, page by page and by type, and to nobody else", async function () {
    // A second connection writes here: the embedded database takes one.
    if (postgres === undefined) this.skip();
    const settings = await postgres.open();
    const issuer = await startTestIssuer();
    const clock = createClock(Date.now());
    const { backbone, url } = await startAdminBackbone(settings, issuer, clock);
    const { database, audit, close } = await openAudit(settings, clock.now);
    try {
      const browser = createBrowser(() => url);
      const entries = async (query: string) => browser.get(`../audit/entries${query}`);
      const refusal = async () => {
        const { status, json } = await entries("");
        return [status, json.error.code];
      };
      expect(await refusal()).to.deep.equal([401, "ADMIN_SIGN_IN_REQUIRED"]);
      await browser.signIn("ada");
      expect(await refusal()).to.deep.equal([403, "SECOND_FACTOR_REQUIRED"]);
      await createBrowser(() => url).signIn("mallory");
      await browser.enrol("ada", clock.now());

      const numbers: number[] = [];
      for (const n of [0, 1, 2]) {
        numbers.push(await audit.record({ type: "test.happened", actor: "a", subject: null, details: { n } }));
      }
      await database.run((db) =>
        db.execute(sql`UPDATE audit_events SET details = 'torn' WHERE sequence = ${numbers[1]}`),
      );
      const { entries: newest } = (await entries("?limit=2&type=test.")).json;
      expect(newest).to.deep.equal([
        {
          sequence: numbers[2],
          atMs: clock.now(),
          type: "test.happened",
          actor: "a",
          subject: null,
          details: { n: 2 },
        },
        {
          sequence: numbers[1],
          atMs: clock.now(),
          type: "test.happened",
          actor: "a",
          subject: null,
          details: { unreadable: "torn" },
        },
      ]);
      const { entries: older } = (await entries(`?before=${numbers[1]}&type=test.`)).json;
      expect(older.map(({ details }: { details: unknown }) => details)).to.deep.equal([{ n: 0 }]);
      for (const wrong of ["?limit=0", "?limit=201", "?type=%25", "?before=-1"]) {
        expect((await entries(wrong)).json.error.code, wrong).to.equal("BAD_REQUEST");
      }
      const verdicts = await Promise.all([1, 2].map(() => browser.get("../audit/verification")));
      for (const { json } of verdicts) {
        const [torn = -1] = numbers.slice(1);
        expect(json.findings).to.deep.equal([{ kind: "changed", from: torn, to: torn + 1 }]);
        expect(json.anchored).to.equal(null);
      }
      for (const path of ["entries", "verification"]) {
        expect((await send(`${url}/v1/audit/${path}`)).status).to.equal(401);
      }
    } finally {
      await close();
      await backbone.stop();
      await issuer.stop();
    }
  });
});
