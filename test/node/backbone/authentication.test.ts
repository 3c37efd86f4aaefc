import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { decodeJwt, decodeProtectedHeader, exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from "jose";
import { bytesToHex, type Hex } from "viem";
import { computePeerId, createIdentity, mlDsaKeyHash } from "../../../node/core/identity/index.ts";
import { expectError } from "../../harness/expect-code.ts";
import { createClock, send } from "../api/fixture.ts";
import {
  createTestChain,
  databases,
  domain,
  eventually,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
} from "./fixture.ts";

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/auth on ${database.name}`, function () {
    this.timeout(180_000);
    const chain = createTestChain();
    const clock = createClock();
    const peer = newIdentity();
    let backbone: TestBackbone;

    before(async () => {
      chain.set(registrationFor(peer.peerId));
      backbone = await startBackbone(await database.open(), chain, clock);
    });
    after(async () => {
      await backbone?.backbone.stop();
      await database.close();
    });

    describe("a challenge", () => {
      it("is 32 fresh random bytes and says when it runs out", async () => {
        const ask = () => send(`${backbone.url}/api/auth/challenge?peer_id=${peer.peerId}`);
        const [first, second] = await Promise.all([ask(), ask()]);
        expect(first.json.challenge).to.match(/^0x[0-9a-f]{64}$/);
        expect(first.json.challenge).to.not.equal(second.json.challenge);
        expect(Date.parse(first.json.expires_at)).to.equal(clock.now() + 30_000);
        expect(first.headers["cache-control"]).to.equal("no-store");
      });

      it("is given for a peer ID with or without 0x, and for nothing else", async () => {
        const ask = (id: string) => send(`${backbone.url}/api/auth/challenge?peer_id=${id}`);
        expect((await ask(peer.peerId.slice(2).toUpperCase())).status).to.equal(200);
        for (const id of ["", "0x12", `${peer.peerId}00`, "z".repeat(40), "'; DROP TABLE challenges; --"]) {
          expectError(await ask(encodeURIComponent(id)), 400, "BAD_REQUEST");
        }
      });

      it("works once", async () => {
        const answer = backbone.answerTo(peer, await backbone.challengeFor(peer.peerId));
        expect((await backbone.verify(answer)).status).to.equal(200);
        expectError(await backbone.verify(answer), 401, "CHALLENGE_UNKNOWN");
      });

      it("works once, also for two answers at the same moment", async () => {
        const answer = backbone.answerTo(peer, await backbone.challengeFor(peer.peerId));
        const answers = await Promise.all([backbone.verify(answer), backbone.verify(answer), backbone.verify(answer)]);
        expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 401, 401]);
      });

      it("is used up by a wrong answer", async () => {
        const challenge = await backbone.challengeFor(peer.peerId);
        expectError(await backbone.verify(backbone.answerTo(peer, challenge, "another")), 401, "SIGNATURE_INVALID");
        expectError(await backbone.verify(backbone.answerTo(peer, challenge)), 401, "CHALLENGE_UNKNOWN");
      });

      it("that nobody issued is refused", async () => {
        const made = bytesToHex(randomBytes(32));
        expectError(await backbone.verify(backbone.answerTo(peer, made)), 401, "CHALLENGE_UNKNOWN");
      });

      it("runs out after 30 seconds", async () => {
        const late = await backbone.challengeFor(peer.peerId);
        clock.advance(30_000);
        expectError(await backbone.verify(backbone.answerTo(peer, late)), 401, "CHALLENGE_EXPIRED");
        const inTime = await backbone.challengeFor(peer.peerId);
        clock.advance(29_999);
        expect((await backbone.verify(backbone.answerTo(peer, inTime))).status).to.equal(200);
      });

      it("makes way for newer ones of its peer, and leaves other peers alone", async () => {
        const other = newIdentity();
        chain.set(registrationFor(other.peerId));
        const others = await backbone.challengeFor(other.peerId);
        const oldest = await backbone.challengeFor(peer.peerId);
        clock.advance(1);
        for (let i = 0; i < 16; i++) await backbone.challengeFor(peer.peerId);
        expectError(await backbone.verify(backbone.answerTo(peer, oldest)), 401, "CHALLENGE_UNKNOWN");
        expect((await backbone.verify(backbone.answerTo(other, others))).status).to.equal(200);
      });
    });

    describe("an answer", () => {
      it("is traded for a session token, its end, and the backbones by region", async () => {
        const answer = await backbone.authenticate(peer);
        expect(answer.status).to.equal(200);
        expect(answer.json.backbone_nodes).to.deep.equal([{ region: "europe", ip: "192.0.2.1", port: 443 }]);
        const claims = decodeJwt(answer.json.session_token);
        expect(claims.sub).to.equal(peer.peerId);
        expect(Date.parse(answer.json.expires_at)).to.equal((claims.exp ?? 0) * 1000);
        expect((claims.exp ?? 0) - (claims.iat ?? 0)).to.equal(24 * 3600);
        expect(claims.jti).to.match(/^[0-9a-f-]{36}$/);
      });

      it("to another peer's challenge is refused", async () => {
        const other = newIdentity();
        const answer = backbone.answerTo(peer, await backbone.challengeFor(other.peerId));
        expectError(await backbone.verify(answer), 401, "PEER_ID_MISMATCH");
      });

      it("with keys that do not give the peer ID is refused", async () => {
        const thief = newIdentity();
        const challenge = await backbone.challengeFor(peer.peerId);
        const answer = { ...backbone.answerTo(thief, challenge), peer_id: peer.peerId };
        expectError(await backbone.verify(answer), 401, "PEER_ID_MISMATCH");
        const again = await backbone.challengeFor(peer.peerId);
        const address = { ...backbone.answerTo(peer, again), node_address: thief.nodeAddress };
        expectError(await backbone.verify(address), 401, "PEER_ID_MISMATCH");
      });

      it("signed for another purpose is refused", async () => {
        for (const context of ["", "shadowmesh/auth/2", "shadowmesh/tls/1"]) {
          const answer = backbone.answerTo(peer, await backbone.challengeFor(peer.peerId), context);
          expectError(await backbone.verify(answer), 401, "SIGNATURE_INVALID");
        }
      });

      it("with a flipped bit, a signature over the hex text, or an all-zero one is refused", async () => {
        const sign = async (forge: (challenge: Hex, signature: Buffer) => Uint8Array) => {
          const challenge = await backbone.challengeFor(peer.peerId);
          const answer = backbone.answerTo(peer, challenge);
          const signature = Buffer.from(forge(challenge, Buffer.from(answer.signature, "base64"))).toString("base64");
          return backbone.verify({ ...answer, signature });
        };
        const flipped = await sign((_, signature) => signature.fill((signature[100] ?? 0) ^ 1, 100, 101));
        const text = await sign((challenge) => peer.signMlDsa(Buffer.from(challenge), "shadowmesh/auth/1"));
        const zero = await sign((_, signature) => signature.fill(0));
        for (const answer of [flipped, text, zero]) expectError(answer, 401, "SIGNATURE_INVALID");
      });

      it("with an all-zero key that was hashed into its peer ID is refused", async () => {
        const zeroKey = new Uint8Array(2592);
        const peerId = computePeerId(peer.nodeAddress, mlDsaKeyHash(zeroKey));
        const answer = backbone.answerTo(peer, await backbone.challengeFor(peerId));
        const forged = { ...answer, peer_id: peerId, public_key: Buffer.from(zeroKey).toString("base64") };
        expectError(await backbone.verify(forged), 401, "SIGNATURE_INVALID");
      });

      it("of a peer that is not registered, or no longer active, is refused", async () => {
        const stranger = newIdentity();
        expectError(await backbone.authenticate(stranger), 403, "PEER_NOT_REGISTERED");
        chain.set(registrationFor(stranger.peerId, { active: false }));
        expectError(await backbone.authenticate(stranger), 403, "PEER_NOT_REGISTERED");
      });

      it("of a peer that registered this moment is accepted before any event told", async () => {
        const fresh = newIdentity();
        chain.set(registrationFor(fresh.peerId), true);
        expect((await backbone.authenticate(fresh)).status).to.equal(200);
        expect((await backbone.lookup(fresh.peerId)).json.registration.peerId).to.equal(fresh.peerId);
      });

      it("in malformed base64 or hex, of wrong length or type, is refused by field", async () => {
        const good = backbone.answerTo(peer, bytesToHex(randomBytes(32)));
        const bad: [string, unknown][] = [
          ["signature", good.signature.slice(0, -4)],
          ["signature", `${good.signature.slice(0, -4)}!!==`],
          ["signature", good.signature.replaceAll("=", "A")],
          ["signature", ` ${good.signature.slice(1)}`],
          ["public_key", `${good.public_key}AAAA`],
          ["public_key", good.public_key.replace(/.$/, "_")],
          ["challenge", "0x12"],
          ["challenge", "z".repeat(64)],
          ["challenge", 7],
          ["node_address", "0x12"],
          ["peer_id", null],
          ["peer_id", { $ne: "" }],
        ];
        for (const [field, value] of bad) {
          const answer = await backbone.verify({ ...good, [field]: value });
          expectError(answer, 400, "BAD_REQUEST");
          const paths = answer.json.error.details.issues.map(({ path }: { path: string }) => path);
          expect(new Set(paths)).to.deep.equal(new Set([field]));
        }
      });

      it("over 16 KiB is refused", async () => {
        const good = backbone.answerTo(peer, bytesToHex(randomBytes(32)));
        expectError(await backbone.verify({ ...good, padding: "x".repeat(16 * 1024) }), 413, "PAYLOAD_TOO_LARGE");
      });
    });

    describe("a session token", () => {
      const tokenOf = async (who = peer) => (await backbone.authenticate(who)).json.session_token as string;

      it("announces its peer's record for a day", async () => {
        const token = await tokenOf();
        clock.advance(24 * 3_600_000 - 1000);
        expect((await backbone.announce(await backbone.recordOf(peer), token)).status).to.equal(200);
        clock.advance(1000);
        const answer = await backbone.announce(await backbone.recordOf(peer), token);
        expectError(answer, 401, "SESSION_INVALID");
        expect(answer.json.error.details.reason).to.equal("expired");
      });

      it("is HS256 by a secret that is not among the published keys", async () => {
        const { kid } = decodeProtectedHeader(await tokenOf());
        const { json, headers } = await send(`${backbone.url}/.well-known/jwks.json`);
        expect(json.keys).to.have.length(1);
        expect(json.keys[0]).to.include({ kty: "RSA", alg: "RS256", use: "sig", kid });
        expect(json.keys[0]).to.not.have.any.keys("d", "p", "q", "dp", "dq", "qi", "k");
        expect(decodeProtectedHeader(await tokenOf())).to.deep.equal({ alg: "HS256", typ: "JWT", kid });
        expect(headers["cache-control"]).to.include("public");
      });

      it("that is missing, malformed, unsigned or signed otherwise is refused", async () => {
        const { json } = await send(`${backbone.url}/.well-known/jwks.json`);
        const [jwk] = json.keys;
        const good = await tokenOf();
        const claims = decodeJwt(good);
        const pem = new TextEncoder().encode(await exportSPKI((await importJWK(jwk, "RS256")) as never));
        const header = { kid: jwk.kid, typ: "JWT" };
        const [head, body, signature] = good.split(".");
        const forged = Buffer.from(JSON.stringify({ ...claims, sub: newIdentity().peerId })).toString("base64url");
        const none = Buffer.from(JSON.stringify({ ...header, alg: "none" })).toString("base64url");
        const record = await backbone.recordOf(peer);
        const tokens: Record<string, string> = {
          "no token": "",
          "no JWT": "garbage",
          "alg none": new UnsecuredJWT(claims).encode(),
          "alg none with the right kid": `${none}.${body}.`,
          "alg none with the signature": `${none}.${body}.${signature}`,
          "HS256 with the public PEM": await new SignJWT(claims)
            .setProtectedHeader({ ...header, alg: "HS256" })
            .sign(pem),
          "HS256 with the modulus": await new SignJWT(claims)
            .setProtectedHeader({ ...header, alg: "HS256" })
            .sign(Buffer.from(jwk.n, "base64url")),
          "other claims under the same signature": `${head}.${forged}.${signature}`,
          "no signature": `${head}.${body}.`,
        };
        for (const [name, token] of Object.entries(tokens)) {
          const answer = await backbone.announce(record, token);
          expect(answer.status, name).to.equal(401);
          expect(answer.json.error.code, name).to.equal("SESSION_INVALID");
        }
      });

      it("of another key, whatever its algorithm, is refused", async () => {
        const { privateKey } = await generateKeyPair("RS256");
        const keys = { RS256: privateKey, HS256: randomBytes(32) };
        const claims = decodeJwt(await tokenOf());
        const [jwk] = (await send(`${backbone.url}/.well-known/jwks.json`)).json.keys;
        const record = await backbone.recordOf(peer);
        for (const kid of [jwk.kid, "unknown", undefined]) {
          for (const [alg, key] of Object.entries(keys)) {
            const token = await new SignJWT(claims).setProtectedHeader({ alg, typ: "JWT", kid }).sign(key);
            expectError(await backbone.announce(record, token), 401, "SESSION_INVALID");
          }
        }
      });

      it("announces nobody else's record", async () => {
        const other = newIdentity();
        expectError(await backbone.announce(await backbone.recordOf(other), await tokenOf()), 403, "RECORD_NOT_YOURS");
      });

      it("is of no use once its peer has left the contract", async () => {
        const leaving = newIdentity();
        chain.set(registrationFor(leaving.peerId));
        const token = await tokenOf(leaving);
        chain.set(registrationFor(leaving.peerId, { active: false }));
        const record = await backbone.recordOf(leaving);
        const answer = await eventually(
          () => backbone.announce(record, token),
          ({ status }) => status !== 200,
        );
        expectError(answer, 403, "PEER_NOT_REGISTERED");
      });
    });

    it("keeps working when many peers authenticate at once", async () => {
      const peers = Array.from({ length: 20 }, () => createIdentity(randomBytes(32)));
      for (const { peerId } of peers) chain.set(registrationFor(peerId), true);
      const answers = await Promise.all(peers.map((who) => backbone.authenticate(who)));
      expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
      expect(new Set(answers.map(({ json }) => decodeJwt(json.session_token).jti)).size).to.equal(20);
    });

    it("issues tokens of its own network", async () => {
      const claims = decodeJwt((await backbone.authenticate(peer)).json.session_token);
      expect(claims.iss).to.equal(`shadowmesh/${domain.chainId}/${domain.nexusAddress}`);
      expect(claims.aud).to.equal("shadowmesh/backbone");
    });
  });
}
