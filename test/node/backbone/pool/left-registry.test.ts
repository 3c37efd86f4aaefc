import { expect } from "chai";
import { until } from "../../../harness/until.ts";
import { createClock } from "../../api/fixture.ts";
import {
  createTestChain,
  databases,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
} from "../fixture.ts";
import { aggregateOf, createDevice, followEvents, sessionOf } from "./fixture.ts";

for (const createDatabase of databases) {
  const database = createDatabase();

  describe(`backbone/pool of nodes that leave the registry on ${database.name}`, function () {
    this.timeout(240_000);
    const chain = createTestChain();
    const clock = createClock();
    let backbone: TestBackbone;

    before(async () => {
      backbone = await startBackbone(await database.open(), chain, clock);
    });
    after(async () => {
      await backbone?.backbone.stop();
      await database.close();
    });

    async function join() {
      const peer = newIdentity();
      chain.set(registrationFor(peer.peerId));
      const device = createDevice();
      await device.register(backbone, await sessionOf(backbone, peer));
      expect((await device.beat(backbone)).status).to.equal(200);
      return { peer, device };
    }
    const refreshOf = async ({ device }: Awaited<ReturnType<typeof join>>) => {
      const { status, json } = await device.refresh(backbone);
      return [status, json.error?.code ?? "ok"];
    };

    it("gives them no new token from then on, and uses none up", async () => {
      const joined = await join();
      chain.set(registrationFor(joined.peer.peerId, { active: false }));
      await until(
        () => refreshOf(joined),
        ([status]) => status !== 200,
      );
      expect(await refreshOf(joined)).to.deep.equal([403, "PEER_NOT_REGISTERED"]);
      chain.set(registrationFor(joined.peer.peerId));
      await until(
        () => refreshOf(joined),
        ([status]) => status === 200,
      );
    });

    it("drops their devices, wherever they are heard, tells so, and keeps everybody else's", async () => {
      const events = await followEvents(backbone.url);
      const [stays, removed, left] = [await join(), await join(), await join()];
      for (const { device } of [stays, removed, left])
        await until(() => events.seen.some(({ type, data }) => type === "joined" && data.node === device.number));
      chain.remove(removed.peer.peerId);
      chain.set(registrationFor(left.peer.peerId, { active: false }));
      for (const gone of [removed, left]) {
        // Looked for by the minute of this clock, whenever housekeeping comes by in its own time: were the clock to run on
        // until then, tokens would end by themselves.
        let seconds = 0;
        const answer = await until(
          async () => {
            if (seconds++ < 70) {
              clock.advance(1_000);
              await stays.device.beat(backbone);
            }
            return gone.device.beat(backbone);
          },
          ({ status }) => status === 401,
        );
        expect(answer.json.error.code).to.equal("AGENT_TOKEN_INVALID");
        const isTold = () => events.seen.some(({ type, data }) => type === "left" && data.node === gone.device.number);
        await until(isTold);
        expect(await refreshOf(gone)).to.deep.equal([401, "REFRESH_TOKEN_INVALID"]);
      }
      clock.advance(1_000);
      expect(await refreshOf(stays)).to.deep.equal([200, "ok"]);
      expect((await stays.device.beat(backbone)).status).to.equal(200);
      clock.advance(1_000);
      const { totals, registered } = await aggregateOf(backbone);
      expect([totals.online, registered >= 1]).to.deep.equal([1, true]);
      events.close();
    });
  });
}
