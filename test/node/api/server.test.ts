import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { pino } from "pino";
import { z } from "zod";
import { createClient } from "../../../node/api/client.ts";
import { errorBodySchema } from "../../../node/api/error-body.ts";
import { route } from "../../../node/api/route.ts";
import type { HttpServer } from "../../../node/api/server.ts";
import { commonErrors, defineErrors, ShadowMeshError } from "../../../node/core/errors.ts";
import { createTestServer, postJson, send } from "./fixture.ts";

const { TEAPOT } = defineErrors({ TEAPOT: { status: 418, summary: "A teapot.", action: "Ask for tea." } });

const greet = route({
  method: "GET",
  path: "/greet",
  access: "public",
  summary: "",
  input: z.object({ name: z.string().max(5) }),
  output: z.object({ greeting: z.string() }),
  errors: [],
});
const add = route({
  method: "POST",
  path: "/add",
  access: "public",
  summary: "",
  input: z.object({ a: z.number(), b: z.number().default(1) }),
  output: z.object({ sum: z.number() }),
  errors: [],
});
const owned = route({ ...greet, path: "/owned", access: "owner" });

describe("api/server", () => {
  let server: HttpServer;
  const logged: string[] = [];

  async function serve(...args: Parameters<typeof createTestServer>) {
    server = await createTestServer(...args);
    server.handle(greet, ({ name }) => ({ greeting: `hello ${name}` }));
    server.handle(add, ({ a, b }) => ({ sum: a + b }));
    return server;
  }

  afterEach(() => server.stop());

  describe("routes", () => {
    it("answers the typed client with validated output", async () => {
      await serve().then((made) => made.start(AbortSignal.timeout(5000)));
      const client = createClient({ baseUrl: server.url });
      expect(await client.call(greet, { name: "ada" })).to.deep.equal({ greeting: "hello ada" });
      expect(await client.call(add, { a: 2 })).to.deep.equal({ sum: 3 });
    });

    it("names the wrong field and does not repeat its value", async () => {
      await (await serve()).start(AbortSignal.timeout(5000));
      const answer = await send(`${server.url}/greet?name=much-too-long`);
      expect(answer.status).to.equal(400);
      expect(answer.json.error.code).to.equal("BAD_REQUEST");
      expect(answer.json.error.details.issues[0].path).to.equal("name");
      expect(answer.text).to.not.include("much-too-long");
    });

    it("passes a handler's own error on with code, status, action and details", async () => {
      server = await createTestServer();
      server.handle(greet, () => {
        throw new ShadowMeshError(TEAPOT, { details: { spout: "short" } });
      });
      await server.start(AbortSignal.timeout(5000));
      const answer = await send(`${server.url}/greet?name=a`);
      expect(answer.status).to.equal(418);
      expect(errorBodySchema.parse(answer.json).error).to.deep.equal({
        code: "TEAPOT",
        message: "A teapot.",
        action: "Ask for tea.",
        details: { spout: "short" },
      });
      expect(answer.json.requestId).to.equal(answer.headers["x-request-id"]);
    });

    it("hides an unknown error behind INTERNAL and logs it under the request ID", async () => {
      const log = pino({ level: "error" }, { write: (line: string) => void logged.push(line) });
      server = await createTestServer({}, { log });
      server.handle(greet, () => {
        throw new Error("password is hunter2");
      });
      await server.start(AbortSignal.timeout(5000));
      const answer = await send(`${server.url}/greet?name=a`);
      expect(answer.status).to.equal(500);
      expect(answer.json.error.code).to.equal("INTERNAL");
      expect(answer.text).to.not.include("hunter2");
      expect(logged.join()).to.include("hunter2").and.include(answer.json.requestId);
    });

    it("answers INTERNAL where a handler breaks its own output schema", async () => {
      server = await createTestServer();
      server.handle(greet, () => ({ greeting: 7 }) as unknown as { greeting: string });
      await server.start(AbortSignal.timeout(5000));
      expect((await send(`${server.url}/greet?name=a`)).json.error.code).to.equal("INTERNAL");
    });

    it("refuses to serve an owner's route without a way to know the owner", async () => {
      await serve();
      expect(() => server.handle(owned, () => ({ greeting: "" }))).to.throw("cannot authorize");
    });

    it("tells a handler when the client hangs up", async () => {
      const { promise: started, resolve: start } = Promise.withResolvers<void>();
      const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
      server = await createTestServer();
      server.handle(greet, (_, { signal }) => {
        start();
        return new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            abort();
            reject(signal.reason);
          });
        });
      });
      await server.start(AbortSignal.timeout(5000));
      const hangUp = new AbortController();
      const call = fetch(`${server.url}/greet?name=a`, { signal: hangUp.signal }).catch(() => undefined);
      await started;
      hangUp.abort();
      await Promise.all([call, aborted]);
    });

    it("keeps nothing of a request that was answered, also where its handler still listens for its end", async () => {
      const { promise: over, resolve } = Promise.withResolvers<void>();
      server = await createTestServer();
      server.handle(greet, (_, { signal }) => {
        signal.addEventListener("abort", () => resolve());
        return { greeting: "" };
      });
      await server.start(AbortSignal.timeout(5000));
      expect((await send(`${server.url}/greet?name=a`)).status).to.equal(200);
      // Node holds a signal made of others, while anybody listens to it, until one of these is aborted.
      await over;
    });
  });

  describe("bad requests", () => {
    beforeEach(async () => (await serve()).start(AbortSignal.timeout(5000)));

    const json = { "content-type": "application/json" };
    const cases: [string, () => ReturnType<typeof send>, number, string][] = [
      ["an unknown path", () => send(`${server.url}/nothing`), 404, "NOT_FOUND"],
      ["an unknown method", () => send(`${server.url}/greet`, { method: "PUT" }), 404, "NOT_FOUND"],
      [
        "malformed JSON",
        () => send(`${server.url}/add`, { method: "POST", headers: json, body: "{" }),
        400,
        "BAD_REQUEST",
      ],
      [
        "a __proto__ key",
        () => send(`${server.url}/add`, { method: "POST", headers: json, body: '{"__proto__":{"a":1},"a":1}' }),
        400,
        "BAD_REQUEST",
      ],
      [
        "a form where JSON belongs",
        () =>
          send(`${server.url}/add`, {
            method: "POST",
            headers: { "content-type": "application/x-www-form-urlencoded" },
            body: "a=1",
          }),
        400,
        "BAD_REQUEST",
      ],
      [
        "JSON dressed as text/plain",
        () => send(`${server.url}/add`, { method: "POST", headers: { "content-type": "text/plain" }, body: '{"a":1}' }),
        400,
        "BAD_REQUEST",
      ],
      [
        "a body over 16 KiB",
        () => postJson(`${server.url}/add`, { a: 1, pad: "x".repeat(16 * 1024) }),
        413,
        "PAYLOAD_TOO_LARGE",
      ],
      ["a repeated query parameter", () => send(`${server.url}/greet?name=a&name=b`), 400, "BAD_REQUEST"],
      ["a broken percent encoding", () => send(server.url, { path: "/%zz" }), 400, "BAD_REQUEST"],
    ];
    for (const [name, request, status, code] of cases) {
      it(`answers ${code} to ${name}`, async () => {
        const answer = await request();
        expect(answer.status).to.equal(status);
        expect(errorBodySchema.parse(answer.json).error.code).to.equal(code);
        expect(answer.json.requestId).to.be.a("string");
      });
    }

    it("answers bytes that are not HTTP in the same shape", async () => {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
      socket.write("nonsense\r\n\r\n");
      const answer = await text(socket);
      expect(answer).to.match(/^HTTP\/1\.1 400 /);
      expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "").error.code).to.equal("BAD_REQUEST");
    });

    it("answers 408 to a request that does not arrive as a whole", async () => {
      await server.stop();
      await (await serve({ requestTimeoutMs: 50 })).start(AbortSignal.timeout(5000));
      for (const slow of [
        "GET /greet",
        "POST /add HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
      ]) {
        const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
        socket.write(slow);
        const answer = await text(socket);
        expect(answer).to.match(/^HTTP\/1\.1 408 /);
        expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "").error.code).to.equal("REQUEST_TIMEOUT");
      }
    });

    it("answers 431 to headers over Node's limit", async () => {
      const answer = await send(server.url, { headers: { cookie: "x".repeat(20_000) } });
      expect(answer.status).to.equal(431);
      expect(answer.json.error.code).to.equal("HEADERS_TOO_LARGE");
    });
  });

  describe("headers", () => {
    it("lets nothing load, be sniffed or be framed, and does not name the software", async () => {
      await (await serve()).start(AbortSignal.timeout(5000));
      const { headers } = await send(`${server.url}/greet?name=a`);
      expect(headers["content-security-policy"]).to.include("default-src 'none'").and.include("frame-ancestors 'none'");
      expect(headers["x-content-type-options"]).to.equal("nosniff");
      expect(headers["x-frame-options"]).to.equal("DENY");
      expect(headers["cache-control"]).to.equal("no-store");
      expect(headers).to.not.have.any.keys("x-powered-by", "server", "access-control-allow-origin");
    });

    it("opens GET answers to all origins only where told to", async () => {
      await (await serve({ cors: true })).start(AbortSignal.timeout(5000));
      const origin = "https://example.org";
      const { headers } = await send(`${server.url}/greet?name=a`, { headers: { origin } });
      expect(headers["access-control-allow-origin"]).to.equal("*");
      const preflight = await send(`${server.url}/add`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
      expect(preflight.headers["access-control-allow-methods"]).to.equal("GET");
    });
  });

  describe("rate limit", () => {
    it("answers RATE_LIMITED with Retry-After, also to unknown paths", async () => {
      await (await serve({ rateLimit: { max: 2, windowMs: 60_000 } })).start(AbortSignal.timeout(5000));
      await send(`${server.url}/greet?name=a`);
      await send(`${server.url}/nothing`);
      for (const path of ["/greet?name=a", "/nothing"]) {
        const answer = await send(`${server.url}${path}`);
        expect(answer.status).to.equal(429);
        expect(answer.json.error.code).to.equal("RATE_LIMITED");
        expect(Number(answer.headers["retry-after"])).to.be.within(1, 60);
      }
    });

    it("counts attempts that were refused for who made them", async () => {
      server = await createTestServer(
        {},
        {
          authorize: {
            owner: async () => {
              throw new ShadowMeshError(commonErrors.BAD_REQUEST);
            },
          },
        },
      );
      server.handle(owned, () => ({ greeting: "" }), { rateLimit: { max: 1, windowMs: 60_000 } });
      await server.start(AbortSignal.timeout(5000));
      expect((await send(`${server.url}/owned?name=a`)).status).to.equal(400);
      expect((await send(`${server.url}/owned?name=a`)).status).to.equal(429);
    });

    it("believes X-Forwarded-For from the trusted proxy alone", async () => {
      const rateLimit = { max: 1, windowMs: 60_000 };
      await (await serve({ rateLimit, trustProxy: "127.0.0.1" })).start(AbortSignal.timeout(5000));
      const from = (address: string) => send(`${server.url}/greet?name=a`, { headers: { "x-forwarded-for": address } });
      expect((await from("203.0.113.1")).status).to.equal(200);
      expect((await from("203.0.113.2")).status).to.equal(200);
      expect((await from("203.0.113.1")).status).to.equal(429);
      await server.stop();
      await (await serve({ rateLimit })).start(AbortSignal.timeout(5000));
      expect((await from("203.0.113.1")).status).to.equal(200);
      expect((await from("203.0.113.2")).status).to.equal(429);
    });
  });

  describe("life cycle", () => {
    it("says that the port is taken", async () => {
      await (await serve()).start(AbortSignal.timeout(5000));
      const second = await createTestServer({ port: Number(new URL(server.url).port) });
      const error = await second.start(AbortSignal.timeout(5000)).catch((thrown: unknown) => thrown);
      expect(error).to.have.property("code", "API_LISTEN_FAILED");
      await second.stop();
    });

    it("stops twice, before and after a start", async () => {
      await serve();
      await Promise.all([server.stop(), server.stop()]);
      await (await serve()).start(AbortSignal.timeout(5000));
      await Promise.all([server.stop(), server.stop()]);
    });

    it("does not start once its signal is aborted", async () => {
      await serve();
      const error = await server.start(AbortSignal.abort()).catch((thrown: unknown) => thrown);
      expect(error).to.have.property("name", "AbortError");
    });

    it("lets a running request end before it stops", async () => {
      const { promise: started, resolve: start } = Promise.withResolvers<void>();
      const { promise: gate, resolve: open } = Promise.withResolvers<void>();
      server = await createTestServer();
      server.handle(greet, async () => {
        start();
        await gate;
        return { greeting: "late" };
      });
      await server.start(AbortSignal.timeout(5000));
      const answer = send(`${server.url}/greet?name=a`);
      await started;
      const stopped = server.stop();
      open();
      expect((await answer).json.greeting).to.equal("late");
      await stopped;
    });

    it("cuts off a request that does not end", async () => {
      const { promise: started, resolve: start } = Promise.withResolvers<void>();
      server = await createTestServer({ stopTimeoutMs: 20 });
      server.handle(greet, () => {
        start();
        return new Promise(() => undefined);
      });
      await server.start(AbortSignal.timeout(5000));
      const answer = send(`${server.url}/greet?name=a`).catch((error: unknown) => error);
      await started;
      await server.stop();
      expect(await answer).to.be.instanceOf(Error);
    });
  });
});
