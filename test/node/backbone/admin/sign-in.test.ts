import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { Issuer } from "../../../../scripts/network/issuer/issuer.ts";
import { expectError } from "../../../harness/expect-code.ts";
import { createClock, send } from "../../api/fixture.ts";
import { createTestChain, databases, startBackbone, type TestBackbone } from "../fixture.ts";
import { createBrowser, origin, startAdminBackbone, startTestIssuer } from "./fixture.ts";

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/admin sign-in on ${database.name}`, function () {
    this.timeout(180_000);
    const clock = createClock(Date.now());
    let issuer: Issuer;
    let backbone: TestBackbone;
    const newBrowser = () => createBrowser(() => backbone.url);

    before(async () => {
      issuer = await startTestIssuer();
      backbone = await startAdminBackbone(await database.open(), issuer, clock);
    });
    after(async () => {
      await backbone?.backbone.stop();
      await issuer?.stop();
      await database.close();
    });

    it("sends the browser to the issuer with PKCE, state and nonce", async () => {
      const { searchParams, origin: where } = new URL((await newBrowser().post("sign-in")).json.url);
      expect(where).to.equal(issuer.url);
      expect(Object.fromEntries(searchParams)).to.include({ response_type: "code", code_challenge_method: "S256" });
      for (const name of ["state", "nonce", "code_challenge"]) expect(searchParams.get(name)).to.have.length.above(40);
    });

    for (const [name, reason] of [
      ["ada", "subject"],
      ["grace", "group"],
      ["edith", "verified e-mail address"],
    ] as const) {
      it(`takes an admin by ${reason}, who then has to show a second factor`, async () => {
        const browser = newBrowser();
        const signedIn = await browser.signIn(name);
        expect(signedIn.json).to.include({ enrolled: false });
        const [cookie] = [signedIn.headers["set-cookie"] ?? []].flat().filter((line) => !/^[^=]+=;/.test(line));
        expect(cookie).to.match(/^__Host-shadowmesh-admin=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
        const session = await browser.get("session");
        expect(session.json).to.include({ subject: name, email: `${name}@example.org`, secondFactor: false });
        expectError(await browser.get("sessions"), 403, "SECOND_FACTOR_REQUIRED");
      });
    }

    it("refuses an account that is no admin, also with an admin's address that nobody verified", async () => {
      const browser = newBrowser();
      expectError(await browser.signIn("mallory"), 403, "ADMIN_NOT_ALLOWED");
      expectError(await browser.get("session"), 401, "ADMIN_SIGN_IN_REQUIRED");
    });

    it("refuses an answer in another browser than the one that asked", async () => {
      const parameters = await newBrowser().atIssuer("ada");
      expectError(await newBrowser().post("sign-in/complete", { parameters }), 401, "ADMIN_SIGN_IN_INVALID");
      const other = newBrowser();
      await other.post("sign-in");
      expectError(await other.post("sign-in/complete", { parameters }), 401, "ADMIN_SIGN_IN_INVALID");
    });

    it("refuses an answer that was used before, and one that comes too late", async () => {
      const browser = newBrowser();
      const parameters = await browser.atIssuer("ada");
      const cookies = [...browser.cookies];
      expect((await browser.post("sign-in/complete", { parameters })).status).to.equal(200);
      const again = newBrowser();
      for (const [name, value] of cookies) again.cookies.set(name, value);
      expectError(await again.post("sign-in/complete", { parameters }), 401, "ADMIN_SIGN_IN_INVALID");

      const late = newBrowser();
      const lateParameters = await late.atIssuer("ada");
      clock.advance(10 * 60_000 + 1);
      expectError(await late.post("sign-in/complete", { parameters: lateParameters }), 401, "ADMIN_SIGN_IN_INVALID");
    });

    it("refuses what the issuer did not answer: an error, another issuer, no code", async () => {
      for (const change of [
        (query: URLSearchParams) => query.set("error", "access_denied"),
        (query: URLSearchParams) => query.set("iss", "https://issuer.example.org"),
        (query: URLSearchParams) => query.set("code", "made-up"),
        (query: URLSearchParams) => query.delete("code"),
      ]) {
        const browser = newBrowser();
        const query = new URLSearchParams(await browser.atIssuer("ada"));
        change(query);
        const answer = await browser.post("sign-in/complete", { parameters: query.toString() });
        expectError(answer, 401, "ADMIN_SIGN_IN_INVALID");
      }
    });

    // The embedded database is one process's.
    if (database.name === "PostgreSQL") {
      it("finishes at one instance what another one began, and knows the session at both", async () => {
        const settings = await database.open();
        const one = await startAdminBackbone(settings, issuer, clock);
        const two = await startAdminBackbone(settings, issuer, clock);
        try {
          let at = one;
          const browser = createBrowser(() => at.url);
          const parameters = await browser.atIssuer("ada");
          at = two;
          expect((await browser.post("sign-in/complete", { parameters })).status).to.equal(200);
          at = one;
          expect((await browser.get("session")).json).to.include({ subject: "ada" });
        } finally {
          await Promise.all([one.backbone.stop(), two.backbone.stop()]);
        }
      });
    }
  });
}

describe("backbone/admin without an issuer that answers", function () {
  this.timeout(180_000);
  const database = (databases[0] ?? expect.fail())();
  after(() => database.close());

  it("says that there are no admins where none is configured", async () => {
    const made = await startBackbone(await database.open(), createTestChain());
    try {
      const headers = { origin: "http://127.0.0.1:7780", "content-type": "application/json" };
      const begun = await send(`${made.url}/v1/admin/sign-in`, { method: "POST", headers, body: "{}" });
      expectError(begun, 403, "ADMIN_NOT_CONFIGURED");
      expectError(await send(`${made.url}/v1/admin/session`), 403, "ADMIN_NOT_CONFIGURED");
    } finally {
      await made.backbone.stop();
    }
  });

  it("says that the issuer is away, and asks it again once it is back", async () => {
    let away = true;
    const issuer = createServer((request, response) => {
      if (away) return void request.socket.destroy();
      const { port } = issuer.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}`;
      const metadata = { issuer: url, authorization_endpoint: `${url}/auth`, token_endpoint: `${url}/token` };
      response.setHeader("content-type", "application/json").end(JSON.stringify(metadata));
    }).listen(0, "127.0.0.1");
    await once(issuer, "listening");
    const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    const made = await startAdminBackbone(await database.open(), { url });
    try {
      const headers = { origin, "content-type": "application/json" };
      const begin = () => send(`${made.url}/v1/admin/sign-in`, { method: "POST", headers, body: "{}" });
      expectError(await begin(), 503, "ADMIN_ISSUER_UNAVAILABLE");
      away = false;
      expect((await begin()).json.url).to.match(new RegExp(`^${url}/auth`));
    } finally {
      await made.backbone.stop();
      issuer.closeAllConnections();
      issuer.close();
    }
  });
});
