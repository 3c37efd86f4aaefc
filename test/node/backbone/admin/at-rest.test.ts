import { expect } from "chai";
import { adminSecondFactors, createDatabase as openDatabase } from "../../../../node/backbone/database/index.ts";
import type { Issuer } from "../../../../scripts/network/issuer/issuer.ts";
import { expectError } from "../../../harness/expect-code.ts";
import { createClock, silent } from "../../api/fixture.ts";
import { databases, type TestBackbone } from "../fixture.ts";
import { codeAt, createBrowser, startAdminBackbone, startTestIssuer } from "./fixture.ts";

const [older, newer] = [
  "an older secret, for tests alone, of 48 characters",
  "the newer one, for tests alone, of 47 characters",
];

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/admin second factors at rest on ${database.name}`, function () {
    this.timeout(180_000);
    const clock = createClock(Date.now());
    let issuer: Issuer;
    let settings: Awaited<ReturnType<typeof database.open>>;

    before(async () => {
      issuer = await startTestIssuer();
      settings = await database.open();
    });
    after(async () => {
      await issuer?.stop();
      await database.close();
    });

    /** A backbone that was started anew by these secrets; its identity is always another one. */
    async function underSecrets<T>(secondFactorSecrets: string[], work: (backbone: TestBackbone) => Promise<T>) {
      const backbone = await startAdminBackbone(settings, issuer, clock, { secondFactorSecrets });
      try {
        return await work(backbone);
      } finally {
        await backbone.backbone.stop();
      }
    }

    it("are no secret's text, open by older secrets, and are sealed by the newest with each use", async () => {
      const enrolled = await underSecrets([older], ({ url }) => createBrowser(() => url).enrol("ada", clock.now()));
      const stored = openDatabase({ url: settings.databaseUrl, dataFolder: settings.dataFolder }, { log: silent });
      await stored.start(AbortSignal.timeout(60_000));
      const rows = await stored.run((db) => db.select().from(adminSecondFactors));
      await stored.stop();
      expect(rows).to.have.length(1);
      expect(JSON.stringify(rows)).to.not.include(enrolled.secret);

      const verify = async ({ url }: TestBackbone) => {
        clock.advance(90_000);
        const browser = createBrowser(() => url);
        await browser.signIn("ada");
        return { browser, answer: await browser.verify(codeAt(enrolled.secret, clock.now())) };
      };
      for (const secrets of [[newer, older], [newer]]) {
        expect((await underSecrets(secrets, verify)).answer.status).to.equal(200);
      }
      await underSecrets([older], async (backbone) => {
        const { browser, answer } = await verify(backbone);
        expectError(answer, 503, "SECOND_FACTOR_UNREADABLE");
        const recovered = await browser.post("second-factor/recover", { code: enrolled.recoveryCodes[0] });
        expect(recovered.status).to.equal(200);
      });
    });
  });
}
