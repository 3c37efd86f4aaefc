import { expect } from "chai";
import type { Identity } from "../../../node/core/identity/index.ts";
import { expectError } from "../../harness/expect-code.ts";
import { createClock, postJson, send } from "../api/fixture.ts";
import {
  createTestChain,
  databases,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
} from "./fixture.ts";
import { bearer, capabilities, createDevice, report, sessionOf } from "./pool/fixture.ts";

const max = 3;

/** Asks for one thing; `n` counts. */
type Ask = (n: number) => ReturnType<typeof send>;

describe("backbone/rate-limits", function () {
  this.timeout(180_000);
  const database = (databases[0] ?? expect.fail())();
  const chain = createTestChain();
  const clock = createClock();
  const peers: Identity[] = [newIdentity(), newIdentity()];
  const sessions: string[] = [];
  let backbone: TestBackbone;

  before(async () => {
    for (const { peerId } of peers) chain.set(registrationFor(peerId), true);
    backbone = await startBackbone(
      {
        ...(await database.open()),
        trustProxy: ["127.0.0.1"],
        authPerMinute: max,
        announcementsPerMinute: max,
        admin: { attemptsPerMinute: max },
        pool: { registrationsPerMinute: max, registrationsPerPeer: max, heartbeatsPerMinute: max },
      },
      chain,
      clock,
    );
    for (const peer of peers) sessions.push(await sessionOf(backbone, peer));
  });
  after(async () => {
    await backbone?.backbone.stop();
    await database.close();
  });

  const from = (address: string) => ({ "x-forwarded-for": address });
  const post = (path: string, body: unknown, headers: Record<string, string>) =>
    postJson(`${backbone.url}${path}`, body, headers);
  const register = (session: string | undefined, address: string) => {
    const device = { deviceId: crypto.randomUUID(), platform: "linux-x64", capabilities };
    return post("/v1/agent/register", device, { ...from(address), ...bearer(session ?? "") });
  };

  const ofAddress: Record<string, (address: string) => Ask> = {
    "challenges (authPerMinute)": (address) => () =>
      send(`${backbone.url}/api/auth/challenge?peer_id=${peers[0]?.peerId}`, { headers: from(address) }),
    "answers to challenges (authPerMinute)": (address) => () => post("/api/auth/verify", {}, from(address)),
    // Without a session: what fails counts as well.
    "registrations of devices (registrationsPerMinute)": (address) => () => register("none", address),
    "traded refresh tokens (registrationsPerMinute)": (address) => () =>
      post("/v1/agent/refresh", { refreshToken: "none" }, from(address)),
    "heartbeats (heartbeatsPerMinute)": (address) => () => post("/v1/agent/heartbeat", report(), from(address)),
    "sign-ins of admins (attemptsPerMinute)": (address) => () => post("/v1/admin/sign-in", {}, from(address)),
    "answers of the issuer (attemptsPerMinute)": (address) => () =>
      post("/v1/admin/sign-in/complete", { parameters: "none" }, from(address)),
    "second factors (attemptsPerMinute)": (address) => () =>
      post("/v1/admin/second-factor/verify", { code: "000000" }, from(address)),
    "recovery codes (attemptsPerMinute)": (address) => () =>
      post("/v1/admin/second-factor/recover", { code: "aaaa-aaaa-aaaa-aaaa" }, from(address)),
  };
  for (const [index, [name, createAsk]] of Object.entries(ofAddress).entries()) {
    it(`${name}: 429 RATE_LIMITED for an address past its limit, with Retry-After, and for no other`, async () => {
      await expectLimit(createAsk(`192.0.2.${index + 1}`));
      const other = await createAsk(`198.51.100.${index + 1}`)(0);
      expect(other.status).to.not.equal(429);
    });
    it(`${name}: one /64 of IPv6 counts as one address`, async () => {
      await expectLimit((n) => createAsk(`2001:db8:0:${index + 1}::${n + 1}`)(n));
    });
  }

  const ofCaller: Record<string, (peer: number) => Ask> = {
    "registrations of devices (registrationsPerPeer)": (peer) => (n) => register(sessions[peer], `203.0.113.${n + 1}`),
    "announcements (announcementsPerMinute)": (peer) => async (n) => {
      clock.advance(1_000);
      const record = await backbone.recordOf(peers[peer] ?? expect.fail());
      return post("/api/peers/announce", record, { ...from(`203.0.113.${n + 1}`), ...bearer(sessions[peer] ?? "") });
    },
  };
  for (const [name, createAsk] of Object.entries(ofCaller)) {
    it(`${name}: 429 RATE_LIMITED for a peer past its limit, whatever its address, and for no other`, async () => {
      await expectLimit(createAsk(0), 200);
      expect((await createAsk(1)(100)).status).to.equal(200);
    });
  }

  it("proofs of a node's evidence: 429 RATE_LIMITED for an address past sixty in a minute, and for no other", async () => {
    const ask = (address: string) =>
      send(`${backbone.url}/api/evidence/node?peer_id=${peers[0]?.peerId}`, { headers: from(address) });
    for (let n = 0; n < 60; n++) expectError(await ask("192.0.2.99"), 404, "EVIDENCE_NOT_FOUND");
    expectError(await ask("192.0.2.99"), 429, "RATE_LIMITED");
    expect((await ask("198.51.100.99")).status).to.equal(404);
  });

  it("a device that beats past what it was told: 429 RATE_LIMITED, from any address", async () => {
    const device = createDevice();
    await device.register(backbone, sessions[1] ?? "");
    for (let n = 0; n < 60; n++) {
      const headers = { ...from(`203.0.113.${n + 1}`), ...bearer(device.tokens.agentToken) };
      const answer = await post("/v1/agent/heartbeat", report(), headers);
      if (answer.status === 200) continue;
      expectError(answer, 429, "RATE_LIMITED");
      expect(answer.headers["retry-after"]).to.equal("5");
      return;
    }
    expect.fail("it was never held back");
  });

  /** The first are let through to whatever they get; one of those after them is refused. */
  async function expectLimit(ask: Ask, allowed?: number): Promise<void> {
    for (let n = 0; n < max; n++) {
      const { status, text } = await ask(n);
      if (allowed === undefined) expect(status).to.not.equal(429);
      else expect(status, text).to.equal(allowed);
    }
    const answer = await ask(max);
    expectError(answer, 429, "RATE_LIMITED");
    expect(Number(answer.headers["retry-after"])).to.be.within(1, 60);
  }
});
