import { expect } from "chai";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { createSiweMessage } from "viem/siwe";
import { daemonRoutes } from "../../../node/api/daemon.ts";
import {
  createApiKeys,
  createGuard,
  type Guard,
  type GuardConfig,
  type GuardDeps,
} from "../../../node/api/guard/index.ts";
import type { HttpServer } from "../../../node/api/server.ts";
import { temporaryFolders } from "../../harness/folder.ts";
import { type Answer, createClock, createTestServer, postJson, send, silent } from "./fixture.ts";

const apiKey = "the-api-key-of-this-data-folder";
const operator = privateKeyToAccount(generatePrivateKey());
const stranger = privateKeyToAccount(generatePrivateKey());

describe("api/guard", () => {
  const newFolder = temporaryFolders();
  let server: HttpServer;
  let guard: Guard;
  let host: string;
  let clock: ReturnType<typeof createClock>;

  async function start(config: Partial<GuardConfig> = {}, deps: Partial<GuardDeps> = {}) {
    clock = createClock();
    const apiKeys = await createApiKeys(await newFolder(), { now: clock.now, log: silent });
    guard = createGuard(
      { apiKey, chainId: 31337, ...config },
      { now: clock.now, operatorOf: async () => operator.address, apiKeys, ...deps },
    );
    server = await createTestServer(
      {},
      { onRequest: guard.onRequest, authorize: { owner: guard.owner, "in-person": guard.inPerson } },
    );
    await guard.handle(server);
    server.handle(daemonRoutes.health, () => ({ status: "ok" }));
    server.handle(daemonRoutes.stop, () => ({ stopping: true }));
    await server.start(AbortSignal.timeout(5000));
    host = new URL(server.url).host;
  }

  beforeEach(() => start());
  afterEach(() => server.stop());

  const health = (headers: Record<string, string>) => send(`${server.url}/healthz`, { headers });
  const tokenOf = (url: string) => url.split("#token=")[1] ?? "";
  const signIn = (token: string) => postJson(`${server.url}/api/session`, { token });
  const cookieOf = (answer: Answer) => String(answer.headers["set-cookie"]).split(";")[0] ?? "";
  const signedIn = async () => cookieOf(await signIn(tokenOf(guard.createSignInLink(server.url).url)));
  const stop = (headers: Record<string, string>) => postJson(`${server.url}/api/stop`, {}, headers);

  describe("DNS rebinding", () => {
    it("answers to 127.0.0.1, localhost and [::1] under its own port", async () => {
      const { port } = new URL(server.url);
      for (const name of ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"]) {
        expect((await health({ host: `${name}:${port}` })).status, name).to.equal(200);
      }
    });

    it("refuses a foreign Host, another port and none", async () => {
      for (const foreign of ["evil.example", `evil.example:${new URL(server.url).port}`, "127.0.0.1:1", "localhost"]) {
        const answer = await health({ host: foreign });
        expect(answer.status, foreign).to.equal(421);
        expect(answer.json.error.code).to.equal("HOST_NOT_ALLOWED");
      }
    });

    it("refuses a foreign Host on paths that do not exist, too", async () => {
      const answer = await send(`${server.url}/nothing`, { headers: { host: "evil.example" } });
      expect(answer.json.error.code).to.equal("HOST_NOT_ALLOWED");
    });

    it("answers to further hosts that are configured", async () => {
      await server.stop();
      await start({ hosts: ["node.lan:7777"] });
      expect((await health({ host: "node.lan:7777" })).status).to.equal(200);
    });
  });

  describe("cross-site requests", () => {
    it("refuses a foreign Origin, a null one, and one of another port", async () => {
      for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1", `http://evil.example#${host}`]) {
        const answer = await health({ host, origin });
        expect(answer.status, origin).to.equal(403);
        expect(answer.json.error.code).to.equal("ORIGIN_NOT_ALLOWED");
      }
    });

    it("accepts its own Origin and a configured one", async () => {
      expect((await health({ host, origin: `http://${host}` })).status).to.equal(200);
      await server.stop();
      await start({ origins: ["http://localhost:3000"] });
      const headers = { host, origin: "http://localhost:3000", "sec-fetch-site": "same-site" };
      expect((await health(headers)).status).to.equal(200);
    });

    it("refuses what the browser calls cross-site or same-site, even without an Origin", async () => {
      for (const site of ["cross-site", "same-site"]) {
        expect((await health({ host, "sec-fetch-site": site })).json.error.code).to.equal("ORIGIN_NOT_ALLOWED");
      }
      expect((await health({ host, "sec-fetch-site": "same-origin" })).status).to.equal(200);
      expect((await health({ host, "sec-fetch-site": "none" })).status).to.equal(200);
    });

    it("lets a link on another page lead to a page, not to the API", async () => {
      const link = { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
      expect((await health(link)).status).to.equal(200);
      const answer = await send(`${server.url}/api/session`, { headers: link });
      expect(answer.json.error.code).to.equal("ORIGIN_NOT_ALLOWED");
    });

    it("refuses a foreign page even with a valid session", async () => {
      const answer = await stop({ cookie: await signedIn(), origin: "https://evil.example" });
      expect(answer.json.error.code).to.equal("ORIGIN_NOT_ALLOWED");
    });
  });

  describe("owner's routes", () => {
    it("are closed to strangers, wrong keys and made-up cookies", async () => {
      const port = new URL(server.url).port;
      const attempts: Record<string, string>[] = [
        {},
        { authorization: "Bearer wrong" },
        { authorization: apiKey },
        { authorization: `Basic ${apiKey}` },
        { authorization: "Bearer " },
        { cookie: `shadowmesh-${port}=made-up` },
        { cookie: "%%%;;=;" },
      ];
      for (const headers of attempts) {
        const answer = await stop(headers);
        expect(answer.status, JSON.stringify(headers)).to.equal(401);
        expect(answer.json.error.code).to.equal("NOT_SIGNED_IN");
      }
    });

    it("refuse before they look at the body", async () => {
      const answer = await send(`${server.url}/api/stop`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{",
      });
      expect(answer.json.error.code).to.equal("NOT_SIGNED_IN");
    });

    it("open to the API key", async () => {
      expect((await stop({ authorization: `Bearer ${apiKey}` })).json).to.deep.equal({ stopping: true });
      const session = await send(`${server.url}/api/session`, { headers: { authorization: `bearer ${apiKey}` } });
      expect(session.json).to.deep.equal({ signedIn: true, by: "key" });
    });
  });

  describe("sign-in links", () => {
    it("open a session with a strict, script-proof cookie", async () => {
      const { url, expiresAtMs } = guard.createSignInLink(server.url);
      expect(url.startsWith(`${server.url}/#token=`)).to.equal(true);
      expect(expiresAtMs).to.equal(clock.now() + 600_000);
      const answer = await signIn(tokenOf(url));
      expect(answer.json).to.deep.equal({ signedIn: true, by: "link" });
      const cookie = String(answer.headers["set-cookie"]);
      for (const part of ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=86400"]) expect(cookie).to.include(part);
      expect(cookie).to.include(`shadowmesh-${new URL(server.url).port}=`);
      expect((await stop({ cookie: cookieOf(answer) })).status).to.equal(200);
    });

    it("work once", async () => {
      const token = tokenOf(guard.createSignInLink(server.url).url);
      await signIn(token);
      const answer = await signIn(token);
      expect(answer.status).to.equal(401);
      expect(answer.json.error.code).to.equal("SIGN_IN_TOKEN_INVALID");
      expect(answer.headers).to.not.have.property("set-cookie");
    });

    it("run out after ten minutes", async () => {
      const token = tokenOf(guard.createSignInLink(server.url).url);
      clock.advance(600_000);
      expect((await signIn(token)).json.error.code).to.equal("SIGN_IN_TOKEN_INVALID");
    });

    it("are made for the owner under the host that he used", async () => {
      const { port } = new URL(server.url);
      const headers = { host: `localhost:${port}`, authorization: `Bearer ${apiKey}` };
      const answer = await postJson(`${server.url}/api/session/link`, {}, headers);
      expect(answer.json.url).to.match(new RegExp(`^http://localhost:${port}/#token=`));
      expect((await signIn(tokenOf(answer.json.url))).status).to.equal(200);
    });

    it("cannot be guessed at any speed", async () => {
      for (let attempt = 0; attempt < 10; attempt++) expect((await signIn(`guess-${attempt}`)).status).to.equal(401);
      const answer = await signIn(tokenOf(guard.createSignInLink(server.url).url));
      expect(answer.status).to.equal(429);
      expect(answer.json.error.code).to.equal("RATE_LIMITED");
    });
  });

  describe("sessions", () => {
    it("end after a day", async () => {
      const cookie = await signedIn();
      clock.advance(24 * 3_600_000 - 1);
      expect((await stop({ cookie })).status).to.equal(200);
      clock.advance(1);
      expect((await stop({ cookie })).status).to.equal(401);
    });

    it("end on sign-out", async () => {
      const cookie = await signedIn();
      const answer = await send(`${server.url}/api/session`, { method: "DELETE", headers: { cookie } });
      expect(answer.json).to.deep.equal({ signedIn: false, by: null });
      expect(String(answer.headers["set-cookie"])).to.include("Max-Age=0");
      expect((await stop({ cookie })).status).to.equal(401);
    });
  });

  describe("wallet sign-in", () => {
    const nonce = async (): Promise<string> => (await send(`${server.url}/api/session/wallet`)).json.nonce;
    type Fields = Partial<Parameters<typeof createSiweMessage>[0]>;

    async function attempt(fields: Fields = {}, account = operator) {
      const message = createSiweMessage({
        address: account.address,
        chainId: 31337,
        domain: host,
        nonce: fields.nonce ?? (await nonce()),
        uri: `http://${host}/`,
        version: "1",
        issuedAt: new Date(clock.now()),
        expirationTime: new Date(clock.now() + 60_000),
        ...fields,
      });
      return submit(message, await account.signMessage({ message }));
    }
    const submit = (message: string, signature: string) =>
      postJson(`${server.url}/api/session/wallet`, { message, signature });

    function expectRefused(answer: Answer, reason: string) {
      expect(answer.status).to.equal(403);
      expect(answer.json.error.code).to.equal("WALLET_SIGN_IN_REFUSED");
      expect(answer.json.error.details.reason).to.equal(reason);
      expect(answer.headers).to.not.have.property("set-cookie");
    }

    it("opens a session for the node's operator", async () => {
      const answer = await attempt();
      expect(answer.json).to.deep.equal({ signedIn: true, by: "wallet" });
      expect((await stop({ cookie: cookieOf(answer) })).status).to.equal(200);
    });

    it("refuses another wallet", async () => expectRefused(await attempt({}, stranger), "address"));

    it("refuses a stranger who names the operator", async () => {
      expectRefused(await attempt({ address: operator.address }, stranger), "signature");
    });

    it("refuses a nonce that was used, made up or has run out", async () => {
      const used = await nonce();
      expect((await attempt({ nonce: used })).status).to.equal(200);
      expectRefused(await attempt({ nonce: used }), "nonce");
      expectRefused(await attempt({ nonce: "0123456789abcdef" }), "nonce");
      const old = await nonce();
      clock.advance(600_000);
      expectRefused(await attempt({ nonce: old }), "nonce");
    });

    it("uses up the nonce of a failed attempt", async () => {
      const once = await nonce();
      expectRefused(await attempt({ nonce: once }, stranger), "address");
      expectRefused(await attempt({ nonce: once }), "nonce");
    });

    it("refuses a message made for another site", async () => {
      expectRefused(await attempt({ domain: "evil.example" }), "domain");
      expectRefused(await attempt({ uri: "https://evil.example/" }), "domain");
    });

    it("refuses another chain", async () => expectRefused(await attempt({ chainId: 1 }), "chain"));

    it("refuses a message that has run out or is not yet valid", async () => {
      expectRefused(await attempt({ expirationTime: new Date(clock.now()) }), "expired");
      expectRefused(await attempt({ notBefore: new Date(clock.now() + 1000) }), "expired");
    });

    it("refuses what is not an EIP-4361 message", async () =>
      expectRefused(await submit("hello", "0x00"), "malformed"));

    it("refuses while the node is not registered", async () => {
      await server.stop();
      await start({}, { operatorOf: async () => null });
      expectRefused(await attempt(), "unregistered");
    });

    it("asks the chain about the signature of an operator that is a contract", async () => {
      await server.stop();
      const asked: string[] = [];
      const verifySignature = async ({ address }: { address: string }) => asked.push(address) > 0;
      await start({}, { verifySignature });
      expect((await attempt({ address: operator.address }, stranger)).status).to.equal(200);
      expect(asked).to.deep.equal([operator.address]);
    });
  });
});
