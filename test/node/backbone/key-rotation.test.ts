import { expect } from "chai";
import { decodeProtectedHeader } from "jose";
import { createSigningKeys, type SigningKeys } from "../../../node/backbone/auth/signing-keys.ts";
import { auditEvents, createDatabase as openDatabase } from "../../../node/backbone/database/index.ts";
import { expectError } from "../../harness/expect-code.ts";
import { createClock, silent } from "../api/fixture.ts";
import { createTestChain, databases, newIdentity, registrationFor, startBackbone } from "./fixture.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const config = { keyRotationMs: 30 * dayMs };

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/auth key rotation on ${database.name}`, function () {
    this.timeout(180_000);
    const clock = createClock();
    let stored: ReturnType<typeof openDatabase>;
    let [one, two]: SigningKeys[] = [];

    beforeEach(async () => {
      const { databaseUrl, dataFolder } = await database.open();
      stored = openDatabase({ url: databaseUrl, dataFolder }, { log: silent });
      await stored.start(AbortSignal.timeout(60_000));
      // Two instances on one database.
      one = createSigningKeys(config, { database: stored, now: clock.now });
      two = createSigningKeys(config, { database: stored, now: clock.now });
      await one.maintain();
      clock.advance(minuteMs);
    });
    afterEach(() => stored.stop());
    after(() => database.close());

    const kidsOf = async (keys: SigningKeys | undefined) => (await keys?.publicJwks())?.map(({ kid }) => kid);
    const maintain = async () => {
      await one?.maintain();
      await two?.maintain();
    };

    it("publishes the next key everywhere before it signs, and the old one until its tokens have run out", async () => {
      const before = (await one?.current())?.kid;
      const next = await one?.rotate({ revoke: false });
      expect(next?.signsFromMs).to.equal(clock.now() + 10 * minuteMs);
      clock.advance(minuteMs);
      await maintain();
      expect(await kidsOf(two)).to.have.members([before, next?.kid]);
      expect((await one?.current())?.kid).to.equal(before);
      clock.advance(9 * minuteMs);
      for (const keys of [one, two]) expect((await keys?.current())?.kid).to.equal(next?.kid);

      clock.advance(dayMs);
      await maintain();
      expect(await two?.find(before ?? "")).to.not.equal(undefined);
      clock.advance(60 * minuteMs);
      await maintain();
      expect(await kidsOf(one)).to.deep.equal([next?.kid]);
      const types = (await stored.run((db) => db.select().from(auditEvents))).map(({ type }) => type);
      expect(types).to.deep.equal(["signing_key.created", "signing_key.created", "signing_key.deleted"]);
    });

    it("rotates by itself once a key is old enough, once for all instances", async () => {
      const before = await kidsOf(one);
      await maintain();
      clock.advance(config.keyRotationMs);
      await Promise.all([one?.maintain(), two?.maintain()]);
      expect(await kidsOf(one)).to.have.length(2);
      clock.advance(minuteMs);
      await maintain();
      expect(await kidsOf(two))
        .to.have.length(2)
        .and.to.include.members(before ?? []);
    });

    it("revokes all other keys at once", async () => {
      const before = (await one?.current())?.kid ?? "";
      const next = await one?.rotate({ revoke: true });
      expect(next?.signsFromMs).to.equal(clock.now());
      expect(await one?.find(before)).to.equal(undefined);
      clock.advance(minuteMs);
      await maintain();
      expect(await two?.find(before)).to.equal(undefined);
      expect((await two?.current())?.kid).to.equal(next?.kid);
    });
  });
}

describe("backbone/auth tokens while keys rotate", function () {
  this.timeout(180_000);
  const database = (databases[0] ?? expect.fail())();
  after(() => database.close());

  it("hold through a rotation, and end where their key is revoked", async () => {
    const chain = createTestChain();
    const made = await startBackbone(await database.open(), chain);
    try {
      const peer = newIdentity();
      chain.set(registrationFor(peer.peerId));
      const { session_token: token } = (await made.authenticate(peer)).json;
      await made.backbone.rotateKeys({ revoke: false });
      expect((await made.announce(await made.recordOf(peer), token)).status).to.equal(200);
      const { kid } = await made.backbone.rotateKeys({ revoke: true });
      expectError(await made.announce(await made.recordOf(peer), token), 401, "SESSION_INVALID");
      const { session_token: renewed } = (await made.authenticate(peer)).json;
      expect(decodeProtectedHeader(renewed).kid).to.equal(kid);
    } finally {
      await made.backbone.stop();
    }
  });
});
