import { expect } from "chai";
import { generateSecret } from "otplib";
import type { Issuer } from "../../../../scripts/network/issuer/issuer.ts";
import { expectError } from "../../../harness/expect-code.ts";
import { createClock } from "../../api/fixture.ts";
import { databases, type TestBackbone } from "../fixture.ts";
import { codeAt, createBrowser, secretOf, startAdminBackbone, startTestIssuer } from "./fixture.ts";

const stepMs = 30_000;

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/admin second factor on ${database.name}`, function () {
    this.timeout(180_000);
    // In the middle of a step: what is one step away is so exactly.
    const clock = createClock(Math.floor(Date.now() / stepMs) * stepMs + stepMs / 2);
    let issuer: Issuer;
    let settings: Awaited<ReturnType<typeof database.open>>;
    let backbone: TestBackbone;
    const newBrowser = (address?: string) => createBrowser(() => backbone.url, address);

    before(async () => {
      issuer = await startTestIssuer();
      settings = await database.open();
      backbone = await startAdminBackbone(settings, issuer, clock);
    });
    after(async () => {
      await backbone?.backbone.stop();
      await issuer?.stop();
      await database.close();
    });

    it("is enrolled by its first code, which makes the session whole under a new cookie", async () => {
      const browser = newBrowser();
      await browser.signIn("operator-1");
      const enrolment = await browser.post("second-factor/enrol");
      expect(enrolment.json.otpauthUri).to.match(/^otpauth:\/\/totp\/ShadowMesh:operator-1%40example\.org\?/);
      const secret = secretOf(enrolment);
      expectError(await browser.verify(codeAt(generateSecret(), clock.now())), 401, "SECOND_FACTOR_INVALID");
      const before = new Map(browser.cookies);
      const verified = await browser.verify(codeAt(secret, clock.now()));
      expect(verified.json.recoveryCodes).to.have.length(10);
      expect(new Set(verified.json.recoveryCodes).size).to.equal(10);
      expect((await browser.get("session")).json).to.include({ secondFactor: true, enrolled: true });
      expect((await browser.get("sessions")).json.sessions).to.have.length(1);

      const old = newBrowser();
      for (const [name, value] of before) old.cookies.set(name, value);
      expectError(await old.get("session"), 401, "ADMIN_SIGN_IN_REQUIRED");
    });

    it("missing: no route for admins opens, and the enrolled one can't be replaced", async () => {
      await newBrowser().enrol("operator-2", clock.now());
      const browser = newBrowser();
      expect((await browser.signIn("operator-2")).json).to.include({ enrolled: true });
      expectError(await browser.get("sessions"), 403, "SECOND_FACTOR_REQUIRED");
      expectError(await browser.post("recovery-codes"), 403, "SECOND_FACTOR_REQUIRED");
      expectError(await browser.post("second-factor/enrol"), 409, "SECOND_FACTOR_ENROLLED");
      const other = newBrowser();
      await other.signIn("grace");
      expectError(await other.verify("000000"), 409, "SECOND_FACTOR_MISSING");
    });

    it("takes codes of one step before and after, and none further off", async () => {
      const { secret } = await newBrowser().enrol("operator-3", clock.now());
      clock.advance(10 * stepMs);
      const browser = newBrowser();
      await browser.signIn("operator-3");
      for (const steps of [-2, 2]) {
        expectError(await browser.verify(codeAt(secret, clock.now() + steps * stepMs)), 401, "SECOND_FACTOR_INVALID");
      }
      for (const steps of [-1, 0, 1]) {
        expect((await browser.verify(codeAt(secret, clock.now() + steps * stepMs))).status).to.equal(200);
      }
    });

    it("replayed: a code works once, also for its own enrolment, and also at once in two browsers", async () => {
      const first = newBrowser();
      const { secret } = await first.enrol("operator-4", clock.now());
      const used = newBrowser();
      await used.signIn("operator-4");
      expectError(await used.verify(codeAt(secret, clock.now())), 401, "SECOND_FACTOR_REPLAYED");
      clock.advance(3 * stepMs);
      const pair = [newBrowser(), newBrowser()];
      for (const browser of pair) await browser.signIn("operator-4");
      const code = codeAt(secret, clock.now());
      const answers = await Promise.all(pair.map((browser) => browser.verify(code)));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 401]);
      expectError(await first.verify(codeAt(secret, clock.now() - stepMs)), 401, "SECOND_FACTOR_REPLAYED");
    });

    // The embedded database is one process's.
    if (database.name === "PostgreSQL") {
      it("replayed at another instance is refused there", async () => {
        const { secret } = await newBrowser().enrol("operator-5", clock.now());
        const other = await startAdminBackbone(settings, issuer, clock);
        try {
          const [here, there] = [newBrowser(), createBrowser(() => other.url)];
          await Promise.all([here.signIn("operator-5"), there.signIn("operator-5")]);
          clock.advance(3 * stepMs);
          const code = codeAt(secret, clock.now());
          const answers = await Promise.all([here.verify(code), there.verify(code)]);
          expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 401]);
          const refused = answers.find(({ status }) => status === 401) ?? expect.fail();
          expectError(refused, 401, "SECOND_FACTOR_REPLAYED");
        } finally {
          await other.backbone.stop();
        }
      });
    }

    it("brute force: five wrong codes lock the account out, at first for a minute, then for twice as long", async () => {
      const { secret } = await newBrowser().enrol("operator-6", clock.now());
      clock.advance(3 * stepMs);
      const [browser, other] = [newBrowser("192.0.2.6"), newBrowser("192.0.2.6")];
      await browser.signIn("operator-6");
      await other.signIn("operator-6");
      const wrong = codeAt(generateSecret(), clock.now());
      const answers = await Promise.all(Array.from({ length: 12 }, () => browser.verify(wrong)));
      const codes = answers.map(({ json }) => json.error.code).sort();
      expect(codes).to.deep.equal([...Array(7).fill("ADMIN_LOCKED"), ...Array(5).fill("SECOND_FACTOR_INVALID")]);
      const locked = await other.verify(codeAt(secret, clock.now()));
      expectError(locked, 429, "ADMIN_LOCKED");
      expect(locked.headers["retry-after"]).to.equal("60");
      expectError(await other.post("second-factor/recover", { code: "aaaa-aaaa-aaaa-aaaa" }), 429, "ADMIN_LOCKED");

      clock.advance(60_000);
      expectError(await browser.verify(wrong), 401, "SECOND_FACTOR_INVALID");
      const again = await browser.verify(codeAt(secret, clock.now()));
      expectError(again, 429, "ADMIN_LOCKED");
      expect(again.headers["retry-after"]).to.equal("120");
      clock.advance(120_000);
      expect((await browser.verify(codeAt(secret, clock.now()))).status).to.equal(200);
    });

    it("brute force: twenty failures of one address lock it out, whatever the account", async () => {
      const browser = newBrowser("2001:db8::1");
      for (let attempt = 0; attempt < 20; attempt++) {
        const answer = await browser.post("sign-in/complete", { parameters: `code=${attempt}` });
        expectError(answer, 401, "ADMIN_SIGN_IN_INVALID");
      }
      expectError(await newBrowser("2001:db8:0:0:7::7").signIn("operator-7"), 429, "ADMIN_LOCKED");
      expect((await newBrowser("2001:db8:0:7::7").signIn("operator-7")).status).to.equal(200);
      clock.advance(60_000);
      expect((await browser.signIn("operator-7")).status).to.equal(200);
    });

    it("lost: a recovery code stands in for it once, and a new device may be enrolled then", async () => {
      const { recoveryCodes } = await newBrowser("192.0.2.8").enrol("operator-8", clock.now());
      const [code = "", next = ""] = recoveryCodes;
      const browser = newBrowser("192.0.2.8");
      await browser.signIn("operator-8");
      const typed = code.replaceAll("-", " ").toUpperCase();
      expect((await browser.post("second-factor/recover", { code: typed })).json).to.include({ codesLeft: 9 });
      const secret = secretOf(await browser.post("second-factor/enrol"));
      const verified = await browser.verify(codeAt(secret, clock.now()));
      expect(verified.json.recoveryCodes).to.have.length(10).and.not.include(next);

      const again = newBrowser("192.0.2.8");
      await again.signIn("operator-8");
      for (const old of [code, next]) {
        expectError(await again.post("second-factor/recover", { code: old }), 401, "RECOVERY_CODE_INVALID");
      }
      const renewed = await browser.post("recovery-codes");
      expect(renewed.json.recoveryCodes).to.have.length(10);
      const other = { code: verified.json.recoveryCodes[0] };
      expectError(await again.post("second-factor/recover", other), 401, "RECOVERY_CODE_INVALID");
    });
  });
}
