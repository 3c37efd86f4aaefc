import { expect } from "chai";
import { eq } from "drizzle-orm";
import { auditEvents, createDatabase as openDatabase } from "../../../../node/backbone/database/index.ts";
import type { Issuer } from "../../../../scripts/network/issuer/issuer.ts";
import { expectError } from "../../../harness/expect-code.ts";
import { createClock, send, silent } from "../../api/fixture.ts";
import { databases, type TestBackbone } from "../fixture.ts";
import { codeAt, createBrowser, origin, startAdminBackbone, startTestIssuer } from "./fixture.ts";

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/admin sessions on ${database.name}`, function () {
    this.timeout(180_000);
    const clock = createClock(Date.now());
    let issuer: Issuer;
    let settings: Awaited<ReturnType<typeof database.open>>;
    let backbone: TestBackbone;
    let secret = "";
    const newBrowser = () => createBrowser(() => backbone.url);
    /** Signed in by both factors. */
    async function newAdmin() {
      clock.advance(60_000);
      const browser = newBrowser();
      await browser.signIn("ada");
      expect((await browser.verify(codeAt(secret, clock.now()))).status).to.equal(200);
      return browser;
    }

    before(async () => {
      issuer = await startTestIssuer();
      settings = await database.open();
      backbone = await startAdminBackbone(settings, issuer, clock);
      ({ secret } = await newBrowser().enrol("ada", clock.now()));
    });
    after(async () => {
      await backbone?.backbone.stop();
      await issuer?.stop();
      await database.close();
    });

    it("are listed with where they come from, and one can end another at once", async () => {
      const [one, two] = [await newAdmin(), await newAdmin()];
      const { sessions } = (await one.get("sessions")).json;
      const own = sessions.find(({ current }: { current: boolean }) => current);
      expect(own).to.include({ secondFactor: true, address: "192.0.2.1" });
      const { id } = (await two.get("session")).json;
      expect((await one.remove(`sessions?id=${id}`)).status).to.equal(200);
      expectError(await two.get("session"), 401, "ADMIN_SIGN_IN_REQUIRED");
      expectError(await one.remove(`sessions?id=${id}`), 404, "ADMIN_SESSION_NOT_FOUND");
    });

    it("of others can be neither seen nor ended", async () => {
      const other = newBrowser();
      await other.enrol("grace", clock.now());
      const { id } = (await (await newAdmin()).get("session")).json;
      const { sessions } = (await other.get("sessions")).json;
      expect(sessions.map((session: { id: string }) => session.id)).to.not.include(id);
      expectError(await other.remove(`sessions?id=${id}`), 404, "ADMIN_SESSION_NOT_FOUND");
    });

    it("end by signing out, after a quarter of an hour without use, and after eight hours in any case", async () => {
      const leaving = await newAdmin();
      const cookies = new Map(leaving.cookies);
      await leaving.post("sign-out");
      expect(leaving.cookies.size).to.equal(0);
      for (const [name, value] of cookies) leaving.cookies.set(name, value);
      expectError(await leaving.get("session"), 401, "ADMIN_SIGN_IN_REQUIRED");

      const idle = await newAdmin();
      clock.advance(15 * 60_000);
      expectError(await idle.get("session"), 401, "ADMIN_SIGN_IN_REQUIRED");

      const busy = await newAdmin();
      for (let minutes = 0; minutes < 8 * 60 - 10; minutes += 10) {
        expect((await busy.get("session")).status).to.equal(200);
        clock.advance(10 * 60_000);
      }
      clock.advance(10 * 60_000);
      expectError(await busy.get("session"), 401, "ADMIN_SIGN_IN_REQUIRED");
    });

    it("CSRF: a change needs the page's origin and the session's token", async () => {
      const browser = await newAdmin();
      const token = browser.csrfToken ?? "";
      const foreign = { origin: "https://evil.example.org", "x-csrf-token": token };
      expectError(await browser.post("recovery-codes", {}, foreign), 403, "ADMIN_ORIGIN_REFUSED");
      expectError(await browser.get("sessions", foreign), 403, "ADMIN_ORIGIN_REFUSED");
      const siblings = { "sec-fetch-site": "cross-site" };
      expectError(await browser.post("recovery-codes", {}, siblings), 403, "ADMIN_ORIGIN_REFUSED");
      const cookie = [...browser.cookies].map((pair) => pair.join("=")).join("; ");
      const bare = { method: "POST", headers: { cookie, "content-type": "application/json" }, body: "{}" };
      expectError(await send(`${backbone.url}/v1/admin/recovery-codes`, bare), 403, "ADMIN_ORIGIN_REFUSED");
      browser.forgetCsrfToken();
      expectError(await browser.post("recovery-codes"), 403, "CSRF_TOKEN_INVALID");
      const ofAnother = (await newAdmin()).csrfToken ?? "";
      expectError(await browser.post("recovery-codes", {}, { "x-csrf-token": ofAnother }), 403, "CSRF_TOKEN_INVALID");
      expect((await browser.post("recovery-codes", {}, { "x-csrf-token": token })).status).to.equal(200);
      const elsewhere = { origin: "https://evil.example.org" };
      expectError(await newBrowser().post("sign-in", {}, elsewhere), 403, "ADMIN_ORIGIN_REFUSED");
    });

    it("CORS: the admin's page may call with credentials, a page elsewhere may read what is public alone", async () => {
      const preflight = (from: string) =>
        send(`${backbone.url}/v1/admin/recovery-codes`, {
          method: "OPTIONS",
          headers: {
            origin: from,
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type,x-csrf-token",
          },
        });
      const own = (await preflight(origin)).headers;
      expect(own["access-control-allow-origin"]).to.equal(origin);
      expect(own["access-control-allow-credentials"]).to.equal("true");
      expect(own["access-control-allow-methods"]).to.include("POST");
      expect(own.vary).to.match(/origin/i);
      const foreign = (await preflight("https://evil.example.org")).headers;
      expect(foreign["access-control-allow-origin"]).to.equal("*");
      expect(foreign["access-control-allow-credentials"]).to.equal(undefined);
      expect(foreign["access-control-allow-methods"]).to.equal("GET");
    });

    it("outlive a restart, and end where the configuration names the admin no more", async () => {
      const browser = await newAdmin();
      await backbone.backbone.stop();
      backbone = await startAdminBackbone(settings, issuer, clock);
      expect((await browser.get("sessions")).status).to.equal(200);
      await backbone.backbone.stop();
      backbone = await startAdminBackbone(settings, issuer, clock, { subjects: ["somebody-else"] });
      expectError(await browser.get("sessions"), 401, "ADMIN_SIGN_IN_REQUIRED");
      await backbone.backbone.stop();
      backbone = await startAdminBackbone(settings, issuer, clock);
    });

    it("are in the audit log, and no secret of theirs is", async () => {
      const browser = await newAdmin();
      const cookies = [...browser.cookies.values()];
      const { id } = (await browser.get("session")).json;
      await browser.post("sign-out");
      await backbone.backbone.stop();
      const stored = openDatabase({ url: settings.databaseUrl, dataFolder: settings.dataFolder }, { log: silent });
      await stored.start(AbortSignal.timeout(60_000));
      const rows = await stored.run((db) => db.select().from(auditEvents).where(eq(auditEvents.subject, id)));
      const all = JSON.stringify(await stored.run((db) => db.select().from(auditEvents)));
      await stored.stop();
      backbone = await startAdminBackbone(settings, issuer, clock);
      expect(rows.map(({ type }) => type)).to.deep.equal([
        "admin.signed_in",
        "admin.second_factor_shown",
        "admin.signed_out",
      ]);
      expect(rows[0]?.actor).to.equal(`${issuer.url} ada`);
      for (const text of [...cookies, secret]) expect(all).to.not.include(text);
    });
  });
}
