import { once } from "node:events";
import type { OutgoingHttpHeaders } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { expect } from "chai";
import { createPages } from "../../node/backbone/honeypots/pages.ts";
import { root } from "../../scripts/root.ts";
import { serveHttp } from "../harness/http-server.ts";
import { findNginx, type Nginx, startNginx } from "../harness/nginx.ts";
import { findPostgres, type PostgresServer, startPostgres } from "../harness/postgres.ts";
import { until } from "../harness/until.ts";
import { createClock, send } from "../node/api/fixture.ts";
import {
  createTestChain,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
} from "../node/backbone/fixture.ts";
import { bearer, createDevice, report, sessionOf } from "../node/backbone/pool/fixture.ts";

const [nginx, postgres] = [findNginx(), findPostgres()];
const present = nginx !== null && postgres !== null && process.platform === "linux";
if (!present) console.warn("  ! nginx or PostgreSQL is not installed here: the proxy's configuration is not tested");
// It stands still: no device is taken for gone because this machine is slow.
const clock = createClock();
const authPerMinute = 5;

(present ? describe : describe.skip)("deploy/compose/nginx in front of two backbones on one PostgreSQL", function () {
  this.timeout(300_000);
  this.slow(10_000);
  const chain = createTestChain();
  const peer = newIdentity();
  const serve = serveHttp();
  let database: PostgresServer;
  let one: TestBackbone;
  let two: TestBackbone;
  let proxy: Nginx;
  let session: string;

  before(async () => {
    database = await startPostgres(postgres ?? "");
    chain.set(registrationFor(peer.peerId), true);
    const databaseUrl = await database.createDatabase();
    const settings = { dataFolder: tmpdir(), databaseUrl, trustProxy: ["127.0.0.1"], authPerMinute };
    [one, two] = await Promise.all([startBackbone(settings, chain, clock), startBackbone(settings, chain, clock)]);
    proxy = await start("127.0.0.1:9");
    session = await sessionOf(one, peer);
  });
  after(async () => {
    await proxy?.stop();
    await Promise.all([one?.backbone.stop(), two?.backbone.stop()]);
    await database?.stop();
  });

  const start = (issuer: string) =>
    startNginx(nginx ?? "", join(root, "deploy/compose/nginx/nginx.conf"), {
      "backbone-1:7780": new URL(one.url).host,
      "backbone-2:7780": new URL(two.url).host,
      "keycloak:8080": issuer,
    });

  interface Ask {
    method?: string;
    headers?: OutgoingHttpHeaders;
    body?: string | Buffer;
    /** The client's own address. */
    from?: string;
  }

  /** Asks the proxy under a name, as a client elsewhere would. */
  async function open(name: string, path: string, { method = "GET", headers, body, from }: Ask = {}) {
    const outgoing = request({
      host: "127.0.0.1",
      port: proxy.httpsPort,
      path,
      method,
      localAddress: from ?? "127.0.0.1",
      servername: `${name}.example.org`,
      headers: { host: `${name}.example.org`, ...headers },
      rejectUnauthorized: false,
      agent: false,
    });
    // Where the answer comes before all of the body was sent, the connection may break after it.
    outgoing.on("error", () => undefined);
    outgoing.end(body);
    const [response] = await once(outgoing, "response");
    return { response, close: () => outgoing.destroy() };
  }
  async function ask(name: string, path: string, options?: Ask) {
    const { response } = await open(name, path, options);
    const said = await text(response);
    return { status: response.statusCode as number, headers: response.headers, said };
  }
  const json = async (name: string, path: string, options?: Ask) => JSON.parse((await ask(name, path, options)).said);
  const post = (name: string, path: string, body: unknown, token: string) =>
    ask(name, path, {
      method: "POST",
      headers: { "content-type": "application/json", ...bearer(token) },
      body: JSON.stringify(body),
    });
  async function follow(name: string, lastId?: number) {
    const headers = lastId === undefined ? {} : { "last-event-id": String(lastId) };
    const { response, close } = await open(name, "/v1/events", { headers });
    let said = "";
    let ended = false;
    response.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
    response.once("close", () => {
      ended = true;
    });
    response.on("error", () => undefined);
    return {
      close,
      said: () => said,
      ended: () => ended,
      lastId: () =>
        Number(
          said
            .match(/id: (\d+)/g)
            ?.at(-1)
            ?.slice(4),
        ),
    };
  }

  it("speaks TLS 1.3 alone, has browsers insist on it, and sends plain HTTP there", async () => {
    const old = connect({
      host: "127.0.0.1",
      port: proxy.httpsPort,
      maxVersion: "TLSv1.2",
      rejectUnauthorized: false,
    });
    const [error] = await once(old, "error");
    expect(String(error)).to.match(/protocol version|alert/i);
    const { status, headers } = await ask("backbone", "/healthz");
    expect(status).to.equal(200);
    expect(headers["strict-transport-security"]).to.equal("max-age=63072000");
    expect(headers.server).to.equal("nginx");
    // Longer than between two heartbeats, and said: many clients close by themselves what is silent for five seconds.
    const kept = await ask("backbone", "/healthz", { headers: { connection: "keep-alive" } });
    expect(kept.headers["keep-alive"]).to.equal("timeout=75");
    const plain = await send(`http://127.0.0.1:${proxy.httpPort}/v1/aggregate?x=1`, {
      headers: { host: "backbone.example.org" },
    });
    expect([plain.status, plain.headers.location]).to.deep.equal([
      308,
      "https://backbone.example.org/v1/aggregate?x=1",
    ]);
  });

  it("leads each name to the backbone whose it is, for who holds its record against the contract", async () => {
    for (const backbone of [one, two]) backbone.publishSelf(await backbone.recordOf(backbone.identity));
    expect((await json("one", "/api/node")).peer_id).to.equal(one.identity.peerId);
    expect((await json("two", "/api/node")).peer_id).to.equal(two.identity.peerId);
    expect((await ask("backbone", "/api/node")).status).to.equal(200);
  });

  it("hands events on as they come, and a heartbeat to one is in the sums of the other", async () => {
    const streams = [await follow("one"), await follow("two"), await follow("backbone")];
    const device = createDevice();
    expect((await device.register(one, session)).status).to.equal(200);
    const beat = await post("one", "/v1/agent/heartbeat", report(3), device.tokens.agentToken);
    expect([beat.status, JSON.parse(beat.said).accepted]).to.deep.equal([200, true]);
    // None of them has ended: what is seen was not waited for.
    for (const stream of streams) {
      await until(() => /event: joined/.test(stream.said()));
      expect(stream.ended()).to.equal(false);
    }
    for (const name of ["one", "two", "backbone"]) {
      const { totals } = await until(
        () => json(name, "/v1/aggregate"),
        ({ totals }) => totals.online === 1,
      );
      expect(totals.cores).to.equal(3);
    }
    for (const stream of streams) stream.close();
    await post("two", "/v1/agent/leave", {}, device.tokens.agentToken);
    await device.leave(one);
  });

  it("counts clients by their own address, whatever they say of it", async () => {
    const path = `/api/auth/challenge?peer_id=${peer.peerId}`;
    const forged = (n: number): OutgoingHttpHeaders => ({
      "x-forwarded-for": `198.51.100.${n}`,
      forwarded: `for=198.51.100.${n}`,
      "x-real-ip": `198.51.100.${n}`,
    });
    const statuses: number[] = [];
    for (let n = 0; n < authPerMinute + 3; n++) {
      statuses.push((await ask("one", path, { from: "127.0.0.9", headers: forged(n) })).status);
    }
    expect(statuses.slice(0, authPerMinute)).to.deep.equal(Array(authPerMinute).fill(200));
    expect(statuses.slice(authPerMinute)).to.deep.equal([429, 429, 429]);
    // Nor is somebody else held back.
    expect((await ask("one", path, { from: "127.0.0.10" })).status).to.equal(200);
    // Past the proxy nobody is believed.
    const [line] = (await proxy.accessLog()).filter((entry) => entry.includes('"from":"127.0.0.9"'));
    expect(JSON.parse(line ?? "{}")).to.include({ path: "/api/auth/challenge", host: "one.example.org" });
    expect(line).to.not.include(peer.peerId);
  });

  it("hands on what only scanners ask for: the backbones have pages for them", async () => {
    await Promise.all(
      [...createPages().keys()].map(async (path) => {
        const { status, said } = await ask("backbone", path, { from: "127.0.0.11" });
        expect([status, said.length > 20], path).to.deep.equal([200, true]);
      }),
    );
  });

  it("keeps metrics, large bodies and the issuer's console from outside", async () => {
    expect((await ask("backbone", "/metrics")).status).to.equal(404);
    expect((await send(`${one.url}/metrics`)).status).to.equal(200);
    const large = Buffer.alloc(2 * 1024 * 1024, "1");
    const headers = { "content-type": "application/json" };
    expect((await ask("backbone", "/v1/agent/refresh", { method: "POST", headers, body: large })).status).to.equal(413);
    expect((await ask("login", "/admin/")).status).to.equal(404);
    await proxy.stop();
    const url = await serve(({ url, headers: heard }, response) => {
      response.end(
        JSON.stringify({ url, for: heard["x-forwarded-for"], host: heard.host, forwarded: heard.forwarded }),
      );
    });
    proxy = await start(new URL(url).host);
    const realm = "/realms/shadowmesh/.well-known/openid-configuration";
    expect(
      await json("login", realm, { headers: { "x-forwarded-for": "198.51.100.1", forwarded: "for=198.51.100.1" } }),
    ).to.deep.equal({ url: realm, for: "127.0.0.1", host: "login.example.org" });
  });

  it("has the other one serve where one is gone, under every name, and followers go on where they were", async () => {
    const device = createDevice();
    await device.register(two, session);
    const stream = await follow("two");
    await post("two", "/v1/agent/heartbeat", report(), device.tokens.agentToken);
    await until(() => Number.isInteger(stream.lastId()));
    await two.backbone.stop();
    await until(stream.ended);
    for (let n = 1; n <= 20; n++) {
      for (const name of ["one", "two", "backbone"]) {
        const { status } = await ask(name, "/v1/aggregate", { from: `127.0.1.${n}` });
        expect(status, `${name} from 127.0.1.${n}`).to.equal(200);
      }
    }
    const beat = await post("two", "/v1/agent/heartbeat", report(7), device.tokens.agentToken);
    expect(beat.status, beat.said).to.equal(200);
    const again = await follow("two", stream.lastId());
    await until(() => /event: (joined|changed)/.test(again.said()));
    expect(again.lastId()).to.be.greaterThan(stream.lastId());
    // Its own name must not lead to another identity.
    expect((await ask("two", "/api/node")).status).to.equal(502);
    again.close();
  });
});
