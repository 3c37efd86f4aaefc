import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { expect } from "chai";
import { decodeJwt, type JWTPayload, SignJWT } from "jose";
import { createSigningKeys } from "../../../../node/backbone/auth/signing-keys.ts";
import { createDatabase as openDatabase } from "../../../../node/backbone/database/index.ts";
import { until } from "../../../harness/until.ts";
import { createClock, send, silent } from "../../api/fixture.ts";
import {
  createTestChain,
  databases,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
  type TestDatabase,
} from "../fixture.ts";
import { createDevice, type Device, report, sessionOf } from "./fixture.ts";

type Settings = Awaited<ReturnType<TestDatabase["open"]>>;
type Header = Record<string, unknown>;

const refused = [401, "AGENT_TOKEN_INVALID"];

/** What somebody has who read the database: its keys. */
async function stealKeys(settings: Settings, now: () => number) {
  const stored = openDatabase({ url: settings.databaseUrl, dataFolder: settings.dataFolder }, { log: silent });
  await stored.start(AbortSignal.timeout(60_000));
  try {
    return await createSigningKeys({ keyRotationMs: Number.MAX_SAFE_INTEGER }, { database: stored, now }).current();
  } finally {
    await stored.stop();
  }
}

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/pool/token-attacks on ${database.name}`, function () {
    this.timeout(180_000);
    const chain = createTestChain();
    const clock = createClock();
    const peer = newIdentity();
    let keys: Awaited<ReturnType<typeof stealKeys>>;
    let backbone: TestBackbone;
    let session: string;
    let device: Device;

    before(async () => {
      chain.set(registrationFor(peer.peerId), true);
      const settings = await database.open();
      // Of the embedded database one process at a time can read.
      await (await startBackbone(settings, chain, clock)).backbone.stop();
      keys = await stealKeys(settings, clock.now);
      backbone = await startBackbone(settings, chain, clock);
      session = await sessionOf(backbone, peer);
      device = createDevice();
      await device.register(backbone, session);
    });
    after(async () => {
      await backbone?.backbone.stop();
      await database.close();
    });
    afterEach("the device goes on", async () => {
      expect(await beatWith(device.tokens.agentToken)).to.deep.equal([200, "ok"]);
      clock.advance(10_000);
    });

    const beatWith = async (token: string) => {
      const { status, json } = await device.beat(backbone, report(), token);
      return [status, json.error?.code ?? "ok"];
    };
    const claims = () => decodeJwt(device.tokens.agentToken);
    const seconds = () => Math.floor(clock.now() / 1_000);
    const sign = (content: JWTPayload, header: Header = {}, key: unknown = keys.privateKey) =>
      new SignJWT(content)
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: keys.kid, ...header })
        .sign(key as KeyObject);
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

    it("signed anew by the stolen key, a token is let in: nothing but what is said below refuses the others", async () => {
      expect(await beatWith(await sign(claims()))).to.deep.equal([200, "ok"]);
    });

    for (const alg of ["none", "None", "nOnE"]) {
      it(`alg ${alg}: 401 AGENT_TOKEN_INVALID`, async () => {
        const [, body, signature] = device.tokens.agentToken.split(".");
        for (const end of ["", signature]) {
          const token = `${encode({ alg, typ: "JWT", kid: keys.kid })}.${body}.${end}`;
          expect(await beatWith(token)).to.deep.equal(refused);
        }
      });
    }

    it("HS256 by the public key, however it is written: 401 AGENT_TOKEN_INVALID", async () => {
      const [jwk] = (await send(`${backbone.url}/.well-known/jwks.json`)).json.keys;
      const key = createPublicKey({ key: jwk, format: "jwk" });
      const secrets = {
        n: Buffer.from(jwk.n, "base64url"),
        "n as text": Buffer.from(jwk.n),
        "JWK JSON": Buffer.from(JSON.stringify(jwk)),
        "SPKI PEM": Buffer.from(key.export({ type: "spki", format: "pem" })),
        "SPKI DER": key.export({ type: "spki", format: "der" }),
        "PKCS #1 PEM": Buffer.from(key.export({ type: "pkcs1", format: "pem" })),
        "PKCS #1 DER": key.export({ type: "pkcs1", format: "der" }),
      };
      for (const [name, secret] of Object.entries(secrets)) {
        expect(await beatWith(await sign(claims(), { alg: "HS256" }, secret)), name).to.deep.equal(refused);
      }
    });

    it("HS256 by the secret of the session tokens: 401 AGENT_TOKEN_INVALID", async () => {
      expect(await beatWith(await sign(claims(), { alg: "HS256" }, keys.secret))).to.deep.equal(refused);
    });

    it("another's key, under its kid, ours or none: 401 AGENT_TOKEN_INVALID", async () => {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      for (const kid of [keys.kid, "theirs", undefined, "' OR 1=1 --"]) {
        expect(await beatWith(await sign(claims(), { kid }, privateKey)), kid).to.deep.equal(refused);
      }
    });

    const cases: Record<string, (claims: JWTPayload) => [JWTPayload, Header?]> = {
      "a wrong kid": (content) => [content, { kid: "0000" }],
      "no kid": (content) => [content, { kid: undefined }],
      "another type": (content) => [content, { typ: "at+jwt" }],
      "the audience of sessions": (content) => [{ ...content, aud: "shadowmesh/backbone" }],
      "no aud": ({ aud: _, ...content }) => [content],
      "a wrong iss": (content) => [{ ...content, iss: "shadowmesh/1/0x00" }],
      "no iss": ({ iss: _, ...content }) => [content],
      "an exp that is over": (content) => [{ ...content, exp: seconds() }],
      "no exp": ({ exp: _, ...content }) => [content],
      "an exp in a year": (content) => [{ ...content, exp: seconds() + 365 * 86_400 }],
      "an exp beyond its lifetime": (content) => [{ ...content, exp: seconds() + 15 * 60 + 61 }],
      "an nbf to come": (content) => [{ ...content, nbf: seconds() + 60 }],
      "no jti": ({ jti: _, ...content }) => [content],
      "no sub": ({ sub: _, ...content }) => [content],
      "another device's sub": (content) => [{ ...content, sub: "999999999" }],
      "a sub that is no number": (content) => [{ ...content, sub: "1 OR 1=1" }],
      "no family": ({ family: _, ...content }) => [content],
      "another family": (content) => [{ ...content, family: crypto.randomUUID() }],
    };
    for (const [name, change] of Object.entries(cases)) {
      it(`${name}, signed by the right key: 401 AGENT_TOKEN_INVALID`, async () => {
        expect(await beatWith(await sign(...change(claims())))).to.deep.equal(refused);
      });
    }

    it("another's claims under this signature: 401 AGENT_TOKEN_INVALID", async () => {
      const [head, , signature] = device.tokens.agentToken.split(".");
      expect(await beatWith(`${head}.${encode({ ...claims(), sub: "2" })}.${signature}`)).to.deep.equal(refused);
    });

    it("no token, or none that is a JWT: 401 AGENT_TOKEN_INVALID", async () => {
      for (const token of ["", "x", "a.b.c", encodeURIComponent("é".repeat(40))]) {
        expect(await beatWith(token)).to.deep.equal(refused);
      }
      const bare = await send(`${backbone.url}/v1/agent/heartbeat`, { method: "POST" });
      expect([bare.status, bare.json.error.code]).to.deep.equal(refused);
    });

    it("a session token for an agent's, and the other way round: refused by each", async () => {
      expect(await beatWith(session)).to.deep.equal(refused);
      const { status, json } = await createDevice().register(backbone, device.tokens.agentToken);
      expect([status, json.error.code]).to.deep.equal([401, "SESSION_INVALID"]);
    });

    it("tokens that were taken before, of the owner and of who stole the key, end with the key", async () => {
      const owned = device.tokens.agentToken;
      const forged = await sign({ ...claims(), exp: seconds() + 15 * 60 });
      for (const token of [owned, forged]) expect(await beatWith(token)).to.deep.equal([200, "ok"]);
      await backbone.backbone.rotateKeys({ revoke: true });
      for (const token of [owned, forged]) expect(await beatWith(token)).to.deep.equal(refused);
      // The agent, whose refresh token no key signed, goes on by itself.
      expect((await device.refresh(backbone)).status).to.equal(200);
    });
  });
}

const createShared = databases.at(-1) ?? expect.fail();

describe("backbone/pool/token-attacks at another instance", function () {
  this.timeout(180_000);
  const database = createShared();
  after(() => database.close());

  it("tokens that were taken before end there within a minute after their key was revoked here", async function () {
    const settings = await database.open();
    if (settings.databaseUrl === null) return this.skip();
    const chain = createTestChain();
    const clock = createClock();
    const peer = newIdentity();
    chain.set(registrationFor(peer.peerId), true);
    const [here, there] = await Promise.all([
      startBackbone(settings, chain, clock),
      startBackbone(settings, chain, clock),
    ]);
    try {
      const device = createDevice();
      await device.register(here, await sessionOf(here, peer));
      expect((await device.beat(there)).status).to.equal(200);
      await here.backbone.rotateKeys({ revoke: true });
      clock.advance(30_000);
      // Housekeeping reads the keys that were read half a minute ago; it comes by every ten seconds.
      const { json } = await until(
        () => device.beat(there),
        ({ status }) => status === 401,
      );
      expect(json.error.code).to.equal("AGENT_TOKEN_INVALID");
    } finally {
      await Promise.all([here.backbone.stop(), there.backbone.stop()]);
    }
  });
});
