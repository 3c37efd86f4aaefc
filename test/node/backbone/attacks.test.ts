import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { decodeJwt, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { createSigningKeys } from "../../../node/backbone/auth/signing-keys.ts";
import { createDatabase as openDatabase } from "../../../node/backbone/database/index.ts";
import { expectError } from "../../harness/expect-code.ts";
import { createClock, postJson, send, silent } from "../api/fixture.ts";
import {
  createTestChain,
  databases,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
} from "./fixture.ts";

// One backbone for all of them: what each one does must leave it as it was.
describe("backbone/attacks", function () {
  this.timeout(180_000);
  const database = (databases.at(-1) ?? expect.fail())();
  const clock = createClock();
  const peer = newIdentity();
  let settings: Awaited<ReturnType<typeof database.open>>;
  let backbone: TestBackbone;
  let good = "";

  before(async () => {
    const chain = createTestChain();
    chain.set(registrationFor(peer.peerId), true);
    settings = await database.open();
    backbone = await startBackbone(settings, chain, clock);
    good = (await backbone.authenticate(peer)).json.session_token;
  });
  after(async () => {
    await backbone?.backbone.stop();
    await database.close();
  });
  afterEach("the backbone goes on", async () => {
    expect((await send(`${backbone.url}/readyz`)).status).to.equal(200);
    const announced = await backbone.announce(await backbone.recordOf(peer, clock.now()), good);
    expect(announced.status).to.equal(200);
    clock.advance(1000);
  });

  const announceBy = async (token: string) => backbone.announce(await backbone.recordOf(peer), token);
  const jwk = async () => (await send(`${backbone.url}/.well-known/jwks.json`)).json.keys[0];

  describe("a session token", () => {
    it("with alg none: 401 SESSION_INVALID", async () => {
      const { kid } = await jwk();
      const none = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT", kid })).toString("base64url");
      const [, claims, signature] = good.split(".");
      for (const token of [
        new UnsecuredJWT(decodeJwt(good)).encode(),
        `${none}.${claims}.`,
        `${none}.${claims}.${signature}`,
      ]) {
        expectError(await announceBy(token), 401, "SESSION_INVALID");
      }
    });

    it("signed by HS256 with the public key: 401 SESSION_INVALID", async () => {
      const { kid, n } = await jwk();
      for (const secret of [Buffer.from(n, "base64url"), Buffer.from(JSON.stringify(await jwk()))]) {
        const header = { alg: "HS256", typ: "JWT", kid };
        const token = await new SignJWT(decodeJwt(good)).setProtectedHeader(header).sign(secret);
        expectError(await announceBy(token), 401, "SESSION_INVALID");
      }
    });

    // The key is in the database: of the embedded one, its process alone can read it.
    if (database.name === "PostgreSQL") {
      const cases: Record<string, (claims: JWTPayload) => [JWTPayload, { kid?: string; typ?: string }?]> = {
        "of a wrong kid": (claims) => [claims, { kid: "0000" }],
        "without a kid": (claims) => [claims, { kid: undefined }],
        "of another type": (claims) => [claims, { typ: "at+jwt" }],
        "for a wrong aud": (claims) => [{ ...claims, aud: "shadowmesh/elsewhere" }],
        "of a wrong iss": (claims) => [{ ...claims, iss: "shadowmesh/1/0x00" }],
        expired: (claims) => [{ ...claims, exp: Math.floor(clock.now() / 1000) - 1 }],
        "that never expires": ({ exp: _, ...claims }) => [claims],
        "without a jti": ({ jti: _, ...claims }) => [claims],
        "whose sub is no peer": (claims) => [{ ...claims, sub: "' OR 1=1 --" }],
      };
      for (const [name, change] of Object.entries(cases)) {
        it(`${name}, signed by the right key: 401 SESSION_INVALID`, async () => {
          const stored = openDatabase({ url: settings.databaseUrl, dataFolder: settings.dataFolder }, { log: silent });
          await stored.start(AbortSignal.timeout(60_000));
          const keys = createSigningKeys(
            { keyRotationMs: Number.MAX_SAFE_INTEGER },
            { database: stored, now: clock.now },
          );
          const { kid, secret } = await keys.current();
          await stored.stop();
          const sign = ([claims, header]: ReturnType<typeof change>) =>
            new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT", kid, ...header }).sign(secret);
          expectError(await announceBy(await sign(change(decodeJwt(good)))), 401, "SESSION_INVALID");
          // Unchanged it is let in: nothing else was wrong with it.
          expect((await announceBy(await sign([decodeJwt(good)]))).status).to.equal(200);
          clock.advance(1000);
        });
      }
    }
  });

  describe("injection", () => {
    const statements = [
      "' OR '1'='1",
      "'; DROP TABLE nodes; --",
      "0x' UNION SELECT private_jwk FROM signing_keys --",
      "\0",
    ];

    it("of SQL by a query: 400 BAD_REQUEST", async () => {
      for (const statement of statements) {
        const id = encodeURIComponent(statement);
        expectError(await backbone.lookup(id), 400, "BAD_REQUEST");
        expectError(await send(`${backbone.url}/api/evidence?epoch=${id}`), 400, "BAD_REQUEST");
        expectError(await send(`${backbone.url}/api/auth/challenge?peer_id=${id}`), 400, "BAD_REQUEST");
      }
    });

    it("of SQL by a body: 400 BAD_REQUEST", async () => {
      const answer = backbone.answerTo(peer, await backbone.challengeFor(peer.peerId));
      for (const statement of statements) {
        for (const field of Object.keys(answer)) {
          expectError(await backbone.verify({ ...answer, [field]: statement }), 400, "BAD_REQUEST");
        }
      }
    });

    it("of SQL by a token: 401 SESSION_INVALID", async () => {
      for (const statement of statements.slice(0, 3)) {
        expectError(await announceBy(statement), 401, "SESSION_INVALID");
      }
    });

    it("of a header by a line break: answered raw, never split", async () => {
      const answer = await send(backbone.url, { path: "/api/peers/lookup?peer_id=%0d%0aset-cookie:%20a=b" });
      expectError(answer, 400, "BAD_REQUEST");
      expect(answer.headers).to.not.have.property("set-cookie");
      const socket = connect(Number(new URL(backbone.url).port), "127.0.0.1");
      socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Bad: a\rb\r\n\r\n");
      expect(await text(socket)).to.match(/^HTTP\/1\.1 400 [\s\S]*BAD_REQUEST/);
    });

    it("of a second request by two lengths: 400 BAD_REQUEST", async () => {
      for (const framing of [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Content-Length: 4\r\nContent-Length: 5",
      ]) {
        const socket = connect(Number(new URL(backbone.url).port), "127.0.0.1");
        const start = "POST /api/auth/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
        socket.write(`${start}${framing}\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n`);
        const answer = await text(socket);
        expect(answer).to.match(/^HTTP\/1\.1 400 [\s\S]*BAD_REQUEST/);
        expect(answer).to.not.include("shadowmesh_");
      }
    });
  });

  describe("a body", () => {
    const verifyUrl = () => `${backbone.url}/api/auth/verify`;
    const json = { "content-type": "application/json" };

    /** What would be let in, with more in it. */
    const validWith = async (more: string) => {
      const valid = JSON.stringify(backbone.answerTo(peer, await backbone.challengeFor(peer.peerId)));
      return `${valid.slice(0, -1)}${more}}`;
    };
    const answerTo = (body: string) => send(verifyUrl(), { method: "POST", headers: json, body });

    it("that pollutes prototypes, and is sound but for that: 400 BAD_REQUEST", async () => {
      expect((await answerTo(await validWith(""))).status).to.equal(200);
      for (const more of [
        ',"__proto__":{"admin":true}',
        ',"constructor":{"prototype":{"admin":true}}',
        ',"more":{"__proto__":{"admin":true}}',
        ',"more":[{"constructor":{"prototype":{"admin":true}}}]',
      ]) {
        expectError(await answerTo(await validWith(more)), 400, "BAD_REQUEST");
      }
      expect(({} as { admin?: boolean }).admin).to.equal(undefined);
      expectError(await send(`${backbone.url}/api/peers/lookup?__proto__[admin]=1`), 400, "BAD_REQUEST");
    });

    it("of 10 MB: 413 PAYLOAD_TOO_LARGE, before it has arrived", async () => {
      const socket = connect(Number(new URL(backbone.url).port), "127.0.0.1");
      const length = 10 * 1024 * 1024;
      const head =
        "POST /api/auth/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n";
      // Its length is told, and nothing of it sent.
      socket.write(`${head}Content-Length: ${length}\r\n\r\n`);
      expect(await text(socket)).to.match(/^HTTP\/1\.1 413 [\s\S]*PAYLOAD_TOO_LARGE/);
    });

    it("of 10 MB in pieces that tell no length: 413 PAYLOAD_TOO_LARGE", async () => {
      const socket = connect(Number(new URL(backbone.url).port), "127.0.0.1");
      // The server hangs up while we still send.
      socket.on("error", () => undefined);
      const head = "POST /api/auth/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
      socket.write(`${head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`);
      socket.write(`5000\r\n${" ".repeat(0x5000)}\r\n`);
      expect(await text(socket)).to.match(/^HTTP\/1\.1 413 [\s\S]*PAYLOAD_TOO_LARGE/);
    });

    it("of JSON 7,000 deep: 400 BAD_REQUEST", async () => {
      for (const body of [`${"[".repeat(7_000)}${"]".repeat(7_000)}`, `{"a":`.repeat(3_000)]) {
        expectError(await send(verifyUrl(), { method: "POST", headers: json, body }), 400, "BAD_REQUEST");
      }
    });

    it("that is sound but for something deep beside or in it: 200 where nobody reads that, else 400 BAD_REQUEST", async () => {
      const deep = `${"[".repeat(2_500)}${"]".repeat(2_500)}`;
      expect((await answerTo(await validWith(`,"more":${deep}`))).status).to.equal(200);
      expectError(await answerTo(await validWith(`,"challenge":${deep}`)), 400, "BAD_REQUEST");
    });

    it("of a wrong content type: 400 BAD_REQUEST", async () => {
      const body = JSON.stringify(backbone.answerTo(peer, await backbone.challengeFor(peer.peerId)));
      for (const type of [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/xml",
      ]) {
        const answer = await send(verifyUrl(), { method: "POST", headers: { "content-type": type }, body });
        expectError(answer, 400, "BAD_REQUEST");
      }
    });
  });

  it("path traversal: 404 NOT_FOUND, or 400 where the path is none", async () => {
    for (const path of [
      "/../../etc/passwd",
      "/..%2f..%2fetc%2fpasswd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/api/../../identity.json",
    ]) {
      expectError(await send(backbone.url, { path }), 404, "NOT_FOUND");
    }
    for (const path of ["/%zz", "/%c0%ae%c0%ae/etc/passwd"]) {
      expectError(await send(backbone.url, { path }), 400, "BAD_REQUEST");
    }
  });

  it("CORS from elsewhere: what is public may be read, without credentials, and nothing may be sent", async () => {
    const from = "https://evil.example.org";
    const read = await send(`${backbone.url}/healthz`, { headers: { origin: from } });
    expect(read.headers["access-control-allow-origin"]).to.equal("*");
    expect(read.headers).to.not.have.property("access-control-allow-credentials");
    const headers = { origin: from, "access-control-request-method": "POST" };
    const preflight = await send(`${backbone.url}/api/auth/verify`, { method: "OPTIONS", headers });
    expect(preflight.headers["access-control-allow-methods"]).to.equal("GET");
    for (const path of ["session", "sessions"]) {
      const answer = await send(`${backbone.url}/v1/admin/${path}`, { headers: { origin: from } });
      expectError(answer, 403, "ADMIN_NOT_CONFIGURED");
    }
  });

  it("headers over 16 KiB: 431 HEADERS_TOO_LARGE", async () => {
    expectError(await send(backbone.url, { headers: { cookie: "x".repeat(20_000) } }), 431, "HEADERS_TOO_LARGE");
  });

  it("a method that no route has: 404 NOT_FOUND", async () => {
    for (const method of ["PUT", "DELETE", "PATCH", "TRACE"]) {
      expectError(await send(`${backbone.url}/api/peers/lookup`, { method }), 404, "NOT_FOUND");
    }
    expectError(await postJson(`${backbone.url}/api/peers/lookup`, {}), 404, "NOT_FOUND");
  });
});
