import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { expect } from "chai";
import { readLog } from "../../harness/log.ts";
import { findPostgres, type PostgresServer, startPostgres } from "../../harness/postgres.ts";
import { until } from "../../harness/until.ts";
import { createClock, postJson, send } from "../api/fixture.ts";
import { codeAt, createBrowser, pageUrl, startTestIssuer } from "./admin/fixture.ts";
import { createTestChain, newIdentity, registrationFor, startBackbone, type TestBackbone } from "./fixture.ts";
import { bearer, createDevice, report } from "./pool/fixture.ts";

const programs = findPostgres();

(programs === null ? describe.skip : describe)("backbone/log", function () {
  this.timeout(240_000);
  const chain = createTestChain();
  const clock = createClock(Date.now());
  const peer = newIdentity();
  const { log, lines } = readLog();
  let server: PostgresServer;
  let issuer: Awaited<ReturnType<typeof startTestIssuer>>;
  let backbone: TestBackbone;

  before(async () => {
    [server, issuer] = await Promise.all([startPostgres(programs ?? ""), startTestIssuer()]);
    chain.set(registrationFor(peer.peerId), true);
    const admin = { issuer: issuer.url, pageUrl, subjects: ["ada"] };
    const databaseUrl = await server.createDatabase();
    const settings = { dataFolder: tmpdir(), databaseUrl, trustProxy: ["127.0.0.1"], admin, log };
    backbone = await startBackbone(settings, chain, clock);
  });
  after(async () => {
    await backbone?.backbone.stop();
    await issuer?.stop();
    await server?.stop();
  });

  it("holds no token, cookie, code or password, whatever is asked and whatever fails", async () => {
    const secrets = new Set<string>();
    const secret = (label: string) => {
      const text = `${label}-${randomBytes(16).toString("hex")}`;
      secrets.add(text);
      return text;
    };

    // A node and its device, through refreshing, theft and refusals.
    const session = (await backbone.authenticate(peer)).json.session_token;
    const device = createDevice();
    secrets.add(session);
    const keep = () => secrets.add(device.tokens.agentToken).add(device.tokens.refreshToken);
    await device.register(backbone, session);
    keep();
    await device.beat(backbone);
    const stolen = device.tokens.refreshToken;
    await device.refresh(backbone);
    keep();
    clock.advance(60_000);
    expect((await device.refresh(backbone, stolen)).status).to.equal(401);
    expect((await device.beat(backbone, report(), secret("forged"))).status).to.equal(401);
    expect((await device.refresh(backbone, secret("refresh"))).status).to.equal(401);

    // An admin, with both factors, wrong ones, and a code that was written down.
    const browser = createBrowser(() => backbone.url);
    const { secret: totp, recoveryCodes } = await browser.enrol("ada", clock.now());
    for (const text of [totp, ...recoveryCodes, ...browser.cookies.values()]) secrets.add(text);
    const codes = [codeAt(totp, clock.now()), "000000"];
    expect((await browser.get("sessions")).status).to.equal(200);
    const other = createBrowser(() => backbone.url);
    await other.signIn("ada");
    for (const code of codes) await other.verify(code);
    await other.post("second-factor/recover", { code: secret("recovery") });
    await other.post("second-factor/recover", { code: recoveryCodes[0] });
    for (const text of [browser.csrfToken, other.csrfToken, ...other.cookies.values()]) if (text) secrets.add(text);

    // In the wrong places: paths, queries, headers, bodies that are none.
    const headers = { authorization: `Basic ${secret("basic")}`, cookie: `session=${secret("cookie")}` };
    for (const path of ["/v1/events-", "/v1/aggregate/", "/api/peers/lookup?peer_id=", "/v1/nodes?cursor=", "/.env?"]) {
      await send(`${backbone.url}${path}${secret("path")}`, { headers });
    }
    for (const path of ["/v1/agent/refresh", "/wp-login.php", "/api/auth/verify", "/v1/admin/sign-in/complete"]) {
      await postJson(`${backbone.url}${path}`, { password: secret("password"), code: secret("code") }, headers);
      await send(`${backbone.url}${path}`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: `{"password": "${secret("broken")}`,
      });
    }

    // The database goes away in the middle of it: errors of queries quote what they were asked.
    await server.halt();
    expect((await device.register(backbone, session)).status).to.equal(503);
    expect((await device.refresh(backbone)).status).to.equal(503);
    expect((await postJson(`${backbone.url}/v1/agent/leave`, {}, bearer(secret("late")))).status).to.equal(401);
    for (const code of [codes[0] ?? "", recoveryCodes[1] ?? ""]) await browser.verify(code);
    expect((await browser.get("sessions")).status).to.equal(503);
    await server.resume();
    await until(async () => (await send(`${backbone.url}/readyz`)).status === 200);

    const text = lines.map((line) => JSON.stringify(line)).join("\n");
    const parts = [...secrets].flatMap((whole) => [whole, ...whole.split(".").filter((part) => part.length > 40)]);
    expect(parts.filter((part) => text.includes(part) || text.includes(encodeURIComponent(part)))).to.deep.equal([]);
    expect(codes.filter((code) => new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(text))).to.deep.equal([]);
    // It was the real log that was read.
    expect(lines.map(({ code }) => code)).to.include.members(["REFRESH_TOKEN_REUSED", "DATABASE_UNAVAILABLE"]);
    expect(lines.filter(({ msg }) => msg === "request refused").length).to.be.above(10);
  });
});
