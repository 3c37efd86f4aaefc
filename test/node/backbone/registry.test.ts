import { expect } from "chai";
import type { Hex } from "viem";
import { signedRecordSchema } from "../../../node/core/records/index.ts";
import { registrationSchema } from "../../../node/core/schema.ts";
import { createClock, send } from "../api/fixture.ts";
import {
  createTestChain,
  databases,
  eventually,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
  type TestChain,
} from "./fixture.ts";

const peerIdOf = (n: number) => `0x${n.toString(16).padStart(40, "0")}` as Hex;

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/registry on ${database.name}`, function () {
    this.timeout(180_000);
    let chain: TestChain;
    let clock: ReturnType<typeof createClock>;
    let backbone: TestBackbone;

    before(async () => {
      chain = createTestChain();
      for (let n = 1; n <= 5; n++) chain.set(registrationFor(peerIdOf(n), { bandwidthMbps: n }), true);
      clock = createClock();
      backbone = await startBackbone(await database.open(), chain, clock);
    });
    after(async () => {
      await backbone?.backbone.stop();
      await database.close();
    });

    /** Caches are fresh for two seconds of the passed-in clock. */
    const lookup = (peerId: Hex) => {
      clock.advance(2_000);
      return backbone.lookup(peerId);
    };
    const known = (peerId: Hex) =>
      eventually(
        () => lookup(peerId),
        ({ status }) => status === 200,
      );
    const unknown = (peerId: Hex) =>
      eventually(
        () => lookup(peerId),
        ({ status }) => status === 404,
      );

    async function join() {
      const who = newIdentity();
      chain.set(registrationFor(who.peerId), true);
      return { who, token: (await backbone.authenticate(who)).json.session_token as string };
    }

    describe("following the contract", () => {
      it("knows every node, page after page", async () => {
        for (let n = 1; n <= 5; n++) {
          const { json } = await known(peerIdOf(n));
          expect(json).to.deep.equal({
            peer_id: peerIdOf(n),
            record: null,
            registration: registrationFor(peerIdOf(n), { bandwidthMbps: n }),
          });
          expect(registrationSchema.parse(json.registration).bandwidthMbps).to.equal(n);
        }
      });

      it("hears of nodes that register, change and leave", async () => {
        const peerId = peerIdOf(100);
        chain.set(registrationFor(peerId));
        await known(peerId);
        chain.set(registrationFor(peerId, { region: "oceania", bandwidthMbps: 4_294_967_295 }));
        const moved = await eventually(
          () => lookup(peerId),
          ({ json }) => json.registration.region === "oceania",
        );
        expect(moved.json.registration.bandwidthMbps).to.equal(4_294_967_295);
        chain.set(registrationFor(peerId, { active: false }));
        await eventually(
          () => lookup(peerId),
          ({ json }) => json.registration.active === false,
        );
        chain.remove(peerId);
        await unknown(peerId);
      });

      it("catches up with what happened while the chain was away", async () => {
        const [joined, left, dormant] = [peerIdOf(200), peerIdOf(201), peerIdOf(202)];
        chain.set(registrationFor(left));
        chain.set(registrationFor(dormant));
        await Promise.all([known(left), known(dormant)]);
        chain.leave();
        chain.set(registrationFor(joined), true);
        chain.remove(left, true);
        chain.set(registrationFor(dormant, { active: false }), true);
        expect((await lookup(left)).status).to.equal(200);
        chain.comeBack();
        await known(joined);
        await unknown(left);
        await eventually(
          () => lookup(dormant),
          ({ json }) => json.registration.active === false,
        );
      });

      it("describes its routes, and serves each of them", async () => {
        const { json } = await send(`${backbone.url}/v1/openapi.json`);
        expect(json.info).to.include({ title: "ShadowMesh backbone" });
        expect(json.paths).to.include.all.keys("/v1/agent/heartbeat", "/api/auth/challenge", "/readyz");
        for (const [path, methods] of Object.entries<object>(json.paths)) {
          for (const method of Object.keys(methods)) {
            if (path === "/v1/events") continue;
            const answer = await send(`${backbone.url}${path}`, { method: method.toUpperCase() });
            expect(answer.text, `${method} ${path}`).not.to.include('"NOT_FOUND"');
          }
        }
      });

      it("says in readiness and metrics that the chain is away, and that it is back", async () => {
        chain.leave();
        const away = await send(`${backbone.url}/readyz`);
        expect(away.status).to.equal(503);
        expect(away.json.error.code).to.equal("NOT_READY");
        expect(away.json.error.details).to.deep.equal({ database: "ok", chain: "CHAIN_UNREACHABLE" });
        expect((await send(`${backbone.url}/readyz?exclude=chain`)).status).to.equal(200);
        expect((await send(`${backbone.url}/readyz?exclude=database`)).status).to.equal(400);
        expect((await send(`${backbone.url}/metrics`)).text).to.include("shadowmesh_registry_live 0");
        expect((await send(`${backbone.url}/healthz`)).json).to.deep.equal({ status: "ok" });
        chain.comeBack();
        await eventually(
          () => send(`${backbone.url}/metrics`),
          ({ text }) => text.includes("shadowmesh_registry_live 1"),
        );
        expect((await send(`${backbone.url}/readyz`)).json).to.deep.equal({ status: "ready" });
      });

      it("lets known nodes in while the chain is away, and strangers not", async () => {
        const { who } = await join();
        const stranger = newIdentity();
        chain.leave();
        expect((await backbone.authenticate(who)).status).to.equal(200);
        const refused = await backbone.authenticate(stranger);
        expect(refused.status).to.equal(503);
        expect(refused.json.error.code).to.equal("CHAIN_UNREACHABLE");
        chain.comeBack();
      });

      it("does not trust its table for more than a day without the chain", async () => {
        const { who } = await join();
        await eventually(
          () => send(`${backbone.url}/metrics`),
          ({ text }) => text.includes("shadowmesh_registry_live 1"),
        );
        chain.leave();
        clock.advance(24 * 3_600_000);
        expect((await backbone.authenticate(who)).json.error.code).to.equal("CHAIN_UNREACHABLE");
        chain.comeBack();
        await eventually(
          () => backbone.authenticate(who),
          ({ status }) => status === 200,
        );
      });
    });

    describe("records", () => {
      it("are found by others as they were signed", async () => {
        const { who, token } = await join();
        const signed = await backbone.recordOf(who);
        const answer = await backbone.announce(signed, token);
        expect(answer.json).to.deep.equal({
          peer_id: who.peerId,
          sequence: clock.now(),
          expires_at: new Date(clock.now() + 3_600_000).toISOString(),
        });
        const { json } = await backbone.lookup(who.peerId.toUpperCase().replace("0X", ""));
        expect(json.record).to.deep.equal(signed);
        expect(signedRecordSchema.parse(json.record)).to.deep.equal(signed);
        expect(json.registration.peerId).to.equal(who.peerId);
      });

      it("give way to newer ones only", async () => {
        const { who, token } = await join();
        const newer = await backbone.recordOf(who, 20);
        expect((await backbone.announce(newer, token)).status).to.equal(200);
        const stale = await backbone.announce(await backbone.recordOf(who, 19), token);
        expect(stale.status).to.equal(409);
        expect(stale.json.error.code).to.equal("RECORD_STALE");
        clock.advance(1);
        const contradicting = await backbone.announce(await backbone.recordOf(who, 20), token);
        expect(contradicting.json.error.code).to.equal("RECORD_STALE");
        expect((await backbone.announce(newer, token)).status, "the same again").to.equal(200);
        expect((await lookup(who.peerId)).json.record).to.deep.equal(newer);
        const newest = await backbone.recordOf(who, 21);
        await backbone.announce(newest, token);
        expect((await backbone.lookup(who.peerId)).json.record).to.deep.equal(newest);
      });

      it("are not served once they have run out", async () => {
        const { who, token } = await join();
        await backbone.announce(await backbone.recordOf(who), token);
        clock.advance(3_600_000 - 1);
        expect((await backbone.lookup(who.peerId)).json.record).to.not.equal(null);
        clock.advance(1);
        expect((await backbone.lookup(who.peerId)).json).to.include({ record: null });
      });

      it("that are forged, expired, of the future or of another network are refused", async () => {
        const { who, token } = await join();
        const good = await backbone.recordOf(who);
        const other = newIdentity();
        const bad = [
          { ...good, content: good.content.replace("192.0.2.7", "192.0.2.8") },
          { ...good, content: "{}" },
          { ...good, content: "not JSON" },
          { ...good, signature: (await backbone.recordOf(other)).signature },
          { ...good, mlDsaKeyHash: other.mlDsaKeyHash },
        ];
        for (const record of bad) {
          const answer = await backbone.announce(record, token);
          expect(answer.status).to.equal(400);
          expect(answer.json.error.code).to.equal("RECORD_INVALID");
        }
        clock.advance(3_600_000);
        expect((await backbone.announce(good, token)).json.error.code).to.equal("RECORD_INVALID");
      });

      it("over 8 KiB are refused", async () => {
        const { who, token } = await join();
        const good = await backbone.recordOf(who);
        const long = await backbone.announce({ ...good, content: "x".repeat(8193) }, token);
        expect(long.json.error.code).to.equal("BAD_REQUEST");
        const longer = await backbone.announce({ ...good, content: "x".repeat(24 * 1024) }, token);
        expect(longer.status).to.equal(413);
      });
    });

    describe("lookup", () => {
      it("answers 404 for a peer that neither announced nor registered", async () => {
        const answer = await lookup(newIdentity().peerId);
        expect(answer.status).to.equal(404);
        expect(answer.json.error.code).to.equal("PEER_NOT_FOUND");
      });

      it("refuses what is no peer ID", async () => {
        for (const id of ["", "0x", "1' OR '1'='1", "%00"]) {
          const answer = await backbone.lookup(encodeURIComponent(id));
          expect(answer.status).to.equal(400);
        }
      });

      it("may be read by pages of any origin", async () => {
        const answer = await send(`${backbone.url}/api/peers/lookup?peer_id=${peerIdOf(1)}`, {
          headers: { origin: "https://elsewhere.example" },
        });
        expect(answer.headers["access-control-allow-origin"]).to.equal("*");
      });
    });

    describe("the backbone itself", () => {
      it("shows its own record and region to who comes from its endpoint on chain", async () => {
        backbone.publishSelf(null);
        const early = await send(`${backbone.url}/api/node`);
        expect(early.status).to.equal(503);
        expect(early.json.error.code).to.equal("NOT_READY");
        const record = await backbone.recordOf(backbone.identity);
        backbone.publishSelf(record);
        const answer = await send(`${backbone.url}/api/node`);
        expect(answer.json).to.deep.equal({ peer_id: backbone.identity.peerId, region: "europe", record });
      });

      it("announces its own record without a session", async () => {
        const record = await backbone.recordOf(backbone.identity);
        await backbone.backbone.announce(record);
        expect((await backbone.lookup(backbone.identity.peerId)).json.record).to.deep.equal(record);
      });

      it("counts authentications and look-ups by outcome, and requests by route", async () => {
        await backbone.authenticate(newIdentity());
        await backbone.lookup(peerIdOf(999));
        const { text, headers } = await send(`${backbone.url}/metrics`);
        expect(headers["content-type"]).to.include("text/plain");
        expect(text).to.match(/shadowmesh_authentications_total\{outcome="PEER_NOT_REGISTERED"\} \d/);
        expect(text).to.match(/shadowmesh_lookups_total\{outcome="PEER_NOT_FOUND"\} \d/);
        expect(text).to.include('route="/api/peers/lookup",status="404"');
        expect(text).to.include("process_resident_memory_bytes");
        for (const metric of ["pool_devices", "event_followers", "event_followers_cut_total", "alerts_waiting"])
          expect(text).to.match(new RegExp(`^shadowmesh_${metric} 0$`, "m"));
      });

      it("shows its metrics to nobody who comes through a proxy", async () => {
        const answer = await send(`${backbone.url}/metrics`, { headers: { "X-Forwarded-For": "203.0.113.7" } });
        expect([answer.status, answer.json.error.code]).to.deep.equal([404, "NOT_FOUND"]);
      });
    });
  });
}
