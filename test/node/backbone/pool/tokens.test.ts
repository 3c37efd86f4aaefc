import { expect } from "chai";
import { until } from "../../../harness/until.ts";
import { type Answer, createClock, send } from "../../api/fixture.ts";
import {
  createTestChain,
  databases,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
} from "../fixture.ts";
import { createDevice, type Device, followEvents, report, sessionOf } from "./fixture.ts";

const decode = (part = "") => JSON.parse(Buffer.from(part, "base64url").toString());
const outcome = ({ status, json }: Answer) => [status, json.error?.code ?? "ok"];

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/pool/tokens on ${database.name}`, function () {
    this.timeout(180_000);
    const chain = createTestChain();
    const clock = createClock();
    const peer = newIdentity();
    let backbone: TestBackbone;
    let session: string;
    let device: Device;

    before(async () => {
      chain.set(registrationFor(peer.peerId), true);
      backbone = await startBackbone(await database.open(), chain, clock);
      session = await sessionOf(backbone, peer);
    });
    after(async () => {
      await backbone?.backbone.stop();
      await database.close();
    });
    beforeEach(async () => {
      device = createDevice();
      await device.register(backbone, session);
    });

    const beatWith = async (token: string) => outcome(await device.beat(backbone, report(), token));
    const refused = [401, "AGENT_TOKEN_INVALID"];

    it("are RS256 with kid, jti, iss and aud, for fifteen minutes", async () => {
      const [head, body, signature] = device.tokens.agentToken.split(".");
      const claims = decode(body);
      const { keys } = (await send(`${backbone.url}/.well-known/jwks.json`)).json;
      expect(decode(head)).to.deep.equal({ alg: "RS256", typ: "JWT", kid: keys[0].kid });
      expect(claims).to.include({ aud: "shadowmesh/agent", iss: `shadowmesh/31337/${"0x".padEnd(40, "0")}aa` });
      expect(claims.jti).to.match(/^[0-9a-f-]{36}$/);
      expect([claims.exp - claims.iat, device.tokens.expiresIn]).to.deep.equal([900, 900]);
      expect(Buffer.from(signature ?? "", "base64url")).to.have.length(256);
      expect(await beatWith(device.tokens.agentToken)).to.deep.equal([200, "ok"]);
    });

    it("are refused once they have run out, also where they were taken before", async () => {
      expect(await beatWith(device.tokens.agentToken)).to.deep.equal([200, "ok"]);
      clock.advance(15 * 60_000);
      expect(await beatWith(device.tokens.agentToken)).to.deep.equal(refused);
      expect(outcome(await device.refresh(backbone))).to.deep.equal([200, "ok"]);
      expect(await beatWith(device.tokens.agentToken)).to.deep.equal([200, "ok"]);
      session = await sessionOf(backbone, peer);
    });

    it("end with their family where a refresh token is stolen and used by thief and owner", async () => {
      const events = await followEvents(backbone.url);
      const stolen = device.tokens.refreshToken;
      expect(outcome(await device.refresh(backbone))).to.deep.equal([200, "ok"]);
      const owned = device.tokens;
      clock.advance(60_000);
      expect(outcome(await device.refresh(backbone, stolen))).to.deep.equal([401, "REFRESH_TOKEN_REUSED"]);
      expect(outcome(await device.refresh(backbone, owned.refreshToken))).to.deep.equal([401, "REFRESH_TOKEN_INVALID"]);
      expect(await beatWith(owned.agentToken)).to.deep.equal(refused);
      await until(() => events.seen.some(({ data }) => data.code === "REFRESH_TOKEN_REUSED"));
      events.close();
      await device.register(backbone, session);
      expect(await beatWith(device.tokens.agentToken)).to.deep.equal([200, "ok"]);
    });

    it("are given again to an agent that never got its answer, for a minute and not beyond", async () => {
      const first = device.tokens.refreshToken;
      const answers = await Promise.all([1, 2, 3].map(() => device.refresh(backbone, first)));
      expect(answers.map(outcome)).to.deep.equal([1, 2, 3].map(() => [200, "ok"]));
      clock.advance(59_000);
      expect(outcome(await device.refresh(backbone, first))).to.deep.equal([200, "ok"]);
      const { refreshToken } = device.tokens;
      clock.advance(1_000);
      expect(outcome(await device.refresh(backbone, first))).to.deep.equal([401, "REFRESH_TOKEN_REUSED"]);
      expect(outcome(await device.refresh(backbone, refreshToken))).to.deep.equal([401, "REFRESH_TOKEN_INVALID"]);
    });

    it("stay good where somebody shows what never was a token of theirs", async () => {
      const [family] = device.tokens.refreshToken.split(".");
      for (const secret of ["a".repeat(43), "b".repeat(43)]) {
        const answer = await device.refresh(backbone, `${family}.${secret}`);
        expect(outcome(answer)).to.deep.equal([401, "REFRESH_TOKEN_INVALID"]);
      }
      expect(await beatWith(device.tokens.agentToken)).to.deep.equal([200, "ok"]);
      expect(outcome(await device.refresh(backbone))).to.deep.equal([200, "ok"]);
    });

    it("end with their family where a thief asks in that minute, too, and owner and thief go on", async () => {
      const stolen = device.tokens.refreshToken;
      await device.refresh(backbone);
      const owned = device.tokens.refreshToken;
      expect(outcome(await device.refresh(backbone, stolen))).to.deep.equal([200, "ok"]);
      expect(outcome(await device.refresh(backbone, owned))).to.deep.equal([401, "REFRESH_TOKEN_REUSED"]);
    });

    it("of refreshing are known for the last thirty-two; older ones are refused, and end nothing", async () => {
      const shown = [device.tokens.refreshToken];
      for (let n = 0; n < 33; n++) {
        clock.advance(1_000);
        expect(outcome(await device.refresh(backbone))).to.deep.equal([200, "ok"]);
        shown.push(device.tokens.refreshToken);
      }
      clock.advance(60_000);
      expect(outcome(await device.refresh(backbone, shown[0]))).to.deep.equal([401, "REFRESH_TOKEN_INVALID"]);
      expect(await beatWith(device.tokens.agentToken)).to.deep.equal([200, "ok"]);
      expect(outcome(await device.refresh(backbone, shown[1]))).to.deep.equal([401, "REFRESH_TOKEN_REUSED"]);
    });

    it("of refreshing run out after thirty days, and are refused as what they are not", async () => {
      const { refreshToken } = device.tokens;
      for (const token of ["", "x", refreshToken.slice(1), "' OR ''='", `${crypto.randomUUID()}.${"a".repeat(43)}`]) {
        expect(outcome(await device.refresh(backbone, token))).to.deep.equal([401, "REFRESH_TOKEN_INVALID"]);
      }
      clock.advance(30 * 24 * 3_600_000);
      expect(outcome(await device.refresh(backbone, refreshToken))).to.deep.equal([401, "REFRESH_TOKEN_INVALID"]);
      session = await sessionOf(backbone, peer);
    });

    it("keep a device from beating much faster than it was told", async () => {
      const answers: Answer[] = [];
      // The count starts anew once the device's arrival is written, which may be at any of them.
      for (let n = 0; n < 60; n++) answers.push(await device.beat(backbone));
      expect(outcome(answers[0] as Answer)).to.deep.equal([200, "ok"]);
      expect(answers.map(outcome)).to.deep.include([429, "RATE_LIMITED"]);
    });
  });
}
