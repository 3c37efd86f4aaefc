import { expect } from "chai";
import type { HealthChain } from "../../../node/backbone/index.ts";
import type { Identity } from "../../../node/core/identity/index.ts";
import { createClock, postJson } from "../api/fixture.ts";
import {
  createTestChain,
  databases,
  eventually,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
} from "./fixture.ts";

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/registry of several backbones, each on its own ${database.name}`, function () {
    this.timeout(180_000);
    const chain = createTestChain();
    /** The contract's list, as far as the test has filled it. */
    const listed: { peerId: Identity["peerId"]; url: string }[] = [];
    const backbones = { backbones: async () => listed } as Partial<HealthChain>;
    const running: TestBackbone[] = [];
    const start = async () => {
      const backbone = await startBackbone(await database.open(), chain, createClock(), undefined, backbones);
      running.push(backbone);
      listed.push({ peerId: backbone.identity.peerId, url: backbone.url });
      return backbone;
    };
    /** At the next news: the list is good for a minute of the passed-in clock. */
    const readListAgain = () => first.clock.advance(60_000);
    let first: TestBackbone;
    let second: TestBackbone;
    before(async () => {
      first = await start();
      second = await start();
      readListAgain();
    });
    after(async () => {
      for (const { backbone } of running) await backbone.stop();
      await database.close();
    });

    const join = async (backbone: TestBackbone) => {
      const who = newIdentity();
      chain.set(registrationFor(who.peerId));
      const token = (await backbone.authenticate(who)).json.session_token as string;
      return { who, announce: async (signed: unknown) => backbone.announce(signed, token) };
    };
    const found = (backbone: TestBackbone, { peerId }: Identity, signed: unknown) =>
      eventually(
        () => backbone.lookup(peerId),
        ({ json }) => JSON.stringify(json.record ?? null) === JSON.stringify(signed),
      );
    const replicate = (records: unknown[]) => postJson(`${second.url}/api/peers/records`, { records });

    it("tell each other what is announced to them, and what is newer", async () => {
      const { who, announce } = await join(first);
      for (const sequence of [1, 2]) {
        const signed = await first.recordOf(who, sequence);
        expect((await announce(signed)).status).to.equal(200);
        await found(second, who, signed);
      }
    });

    it("tell one that comes later what it has missed", async () => {
      const { who, announce } = await join(first);
      const signed = await first.recordOf(who);
      await announce(signed);
      const third = await start();
      readListAgain();
      const { who: next, announce: announceNext } = await join(first);
      await announceNext(await first.recordOf(next));
      await found(third, who, signed);
    });

    it("take from anybody what proves itself, and nothing else", async () => {
      const { who } = await join(first);
      await eventually(
        () => second.lookup(who.peerId),
        ({ status }) => status === 200,
      );
      const signed = await second.recordOf(who, 5);
      const older = await second.recordOf(who, 4);
      const forged = { ...signed, content: signed.content.replace("192.0.2.7", "192.0.2.66") };
      const unregistered = await second.recordOf(newIdentity());
      expect(await replicate([forged, unregistered, signed, older])).to.deep.include({
        status: 200,
        json: { stored: 1 },
      });
      await found(second, who, signed);
      expect((await replicate([])).json.error).to.include({ code: "BAD_REQUEST" });
      expect((await replicate(Array(33).fill(signed))).json.error).to.include({ code: "BAD_REQUEST" });
    });

    it("wait with the record of a node for the chain's news of it, and look nobody up there", async () => {
      const newcomer = newIdentity();
      const signed = await second.recordOf(newcomer);
      expect((await replicate([signed, await second.recordOf(newIdentity())])).json).to.deep.equal({ stored: 0 });
      expect(chain.looked.has(newcomer.peerId)).to.equal(false);
      chain.set(registrationFor(newcomer.peerId));
      await found(second, newcomer, signed);
    });
  });
}
