import { expect } from "chai";
import type { Issuer } from "../../../../scripts/network/issuer/issuer.ts";
import { expectError } from "../../../harness/expect-code.ts";
import { until } from "../../../harness/until.ts";
import { startReceiver, webhookSecret } from "../../../harness/webhook-receiver.ts";
import { createClock, postJson, send } from "../../api/fixture.ts";
import { openAudit, readEvents } from "../audit/fixture.ts";
import { databases, type TestBackbone } from "../fixture.ts";
import { createBrowser, startAdminBackbone, startTestIssuer } from "./fixture.ts";

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/admin attacks are told on ${database.name}`, function () {
    this.timeout(240_000);
    let issuer: Issuer;
    let receiver: Awaited<ReturnType<typeof startReceiver>>;
    let settings: Awaited<ReturnType<typeof database.open>>;
    let backbone: TestBackbone;
    const clock = createClock(Date.now());

    before(async () => {
      issuer = await startTestIssuer();
      receiver = await startReceiver();
      settings = await database.open();
      const webhooks = { urls: [receiver.url], secret: webhookSecret, allowPrivate: true };
      const withAlerts = { ...settings, webhooks };
      backbone = await startAdminBackbone(withAlerts, issuer, clock);
    });
    after(async () => {
      await backbone?.backbone.stop();
      await issuer?.stop();
      await receiver?.close();
      await database.close();
    });

    const alerts = () => receiver.received.map(({ body }) => JSON.parse(body));
    const locked = (name: string) =>
      alerts().filter(({ type, data }) => type === "admin.locked" && data.subject === `${issuer.url} ${name}`);

    for (const [what, name, path, code, error] of [
      ["codes of a second factor", "operator-1", "second-factor/verify", "000000", "SECOND_FACTOR_INVALID"],
      ["recovery codes", "operator-2", "second-factor/recover", "aaaa-aaaa-aaaa-aaaa", "RECOVERY_CODE_INVALID"],
    ] as const) {
      it(`guessing ${what}: 429 ADMIN_LOCKED after five, and the webhook hears of each lock-out once`, async () => {
        const address = `192.0.2.${name.at(-1)}`;
        await createBrowser(() => backbone.url, address).enrol(name, clock.now());
        const guessing = createBrowser(() => backbone.url, address);
        await guessing.signIn(name);
        for (let n = 0; n < 5; n++) expectError(await guessing.post(path, { code }), 401, error);
        for (let n = 0; n < 3; n++) {
          const refused = await guessing.post(path, { code });
          expectError(refused, 429, "ADMIN_LOCKED");
          expect(refused.headers["retry-after"]).to.equal("60");
        }
        clock.advance(60_000);
        expectError(await guessing.post(path, { code }), 401, error);
        await until(() => locked(name).length === 2);
        expect(locked(name).map(({ data }) => data.details)).to.deep.equal([
          { locked: "account" },
          { locked: "account" },
        ]);
      });
    }

    it("refused tokens, origins and floods are counted in the audit log, what honest clients meet is not", async () => {
      const browser = createBrowser(() => backbone.url, "192.0.2.9");
      await browser.enrol("operator-3", clock.now());
      const elsewhere = { origin: "https://evil.example.org" };
      expectError(await browser.get("sessions", elsewhere), 403, "ADMIN_ORIGIN_REFUSED");
      expectError(await browser.post("sign-out", {}, { "x-csrf-token": "theirs" }), 403, "CSRF_TOKEN_INVALID");
      const { url } = backbone;
      for (const token of ["a.b.c", "theirs"]) {
        const headers = { authorization: `Bearer ${token}` };
        expectError(await postJson(`${url}/api/peers/announce`, {}, headers), 401, "SESSION_INVALID");
        expectError(await postJson(`${url}/v1/agent/heartbeat`, {}, headers), 401, "AGENT_TOKEN_INVALID");
      }
      expectError(await postJson(`${url}/api/peers/announce`, {}), 401, "SESSION_INVALID");
      expectError(await postJson(`${url}/v1/agent/heartbeat`, {}), 401, "AGENT_TOKEN_INVALID");
      expectError(await postJson(`${url}/v1/agent/refresh`, { refreshToken: "x" }), 401, "REFRESH_TOKEN_INVALID");
      expect((await send(`${url}/v1/admin/session`)).status).to.equal(401);
      // Its stop writes down what the running minute counted.
      await backbone.backbone.stop();

      const { database: stored, close } = await openAudit(settings);
      const rows = await readEvents(stored).finally(close);
      const counts = (type: string) =>
        Object.fromEntries(
          rows
            .filter((row) => row.type === type)
            .map(({ details }) => JSON.parse(details) as { code: string; attempts: number })
            .map(({ code, attempts }) => [code, attempts]),
        );
      expect(counts("token.refused")).to.deep.equal({
        SESSION_INVALID: 2,
        AGENT_TOKEN_INVALID: 2,
        REFRESH_TOKEN_INVALID: 1,
      });
      expect(counts("admin.request_refused")).to.deep.equal({
        ADMIN_LOCKED: 6,
        ADMIN_ORIGIN_REFUSED: 1,
        CSRF_TOKEN_INVALID: 1,
      });
      expect(rows.filter(({ type }) => type === "admin.locked")).to.have.length(4);
    });
  });
}
