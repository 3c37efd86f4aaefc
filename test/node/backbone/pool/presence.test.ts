import { Socket } from "node:net";
import { expect } from "chai";
import { backboneErrors } from "../../../../node/backbone/errors.ts";
import { createPresence } from "../../../../node/backbone/pool/presence.ts";
import type { Batch } from "../../../../node/backbone/pool/presence-table.ts";
import { ShadowMeshError } from "../../../../node/core/errors.ts";
import { until } from "../../../harness/until.ts";
import { createClock, silent } from "../../api/fixture.ts";
import { capabilities, report } from "./fixture.ts";

const config = { heartbeatMs: 5_000, silentMs: 9_000, writeMs: 10_000 };

/** Devices in memory, above a database that is there or away as the test says. */
async function startPresence(devices: number) {
  const clock = createClock();
  const batches: Batch[] = [];
  let away = false;
  let refused = 0;
  const presence = createPresence(config, {
    table: {
      async write(batch) {
        if (away) {
          refused++;
          throw new ShadowMeshError(backboneErrors.DATABASE_UNAVAILABLE);
        }
        batches.push(batch);
        return [];
      },
    },
    find: async (ids) => ids.map((id) => ({ id, region: "europe", family: "f", capabilities })),
    now: clock.now,
    log: silent,
  });
  const socket = new Socket();
  const ids = Array.from({ length: devices }, (_, index) => index + 1);
  const beatAll = async (cores?: number) => {
    for (const id of ids) {
      await presence.familyOf(id, "f");
      presence.beat(id, report(cores), socket);
    }
  };
  await presence.start(AbortSignal.timeout(60_000));
  return {
    presence,
    clock,
    batches,
    beatAll,
    refused: () => refused,
    setAway: (is: boolean) => {
      away = is;
    },
  };
}

const sizeOf = ({ came, stayed, left }: Batch) => came.length + stayed.length + left.length;

describe("backbone/pool/presence", function () {
  this.timeout(120_000);

  it("writes many devices a thousand at a time, so that nobody waits for all of them", async () => {
    const { presence, batches, beatAll, clock } = await startPresence(2_500);
    await beatAll();
    await until(() => batches.reduce((sum, batch) => sum + sizeOf(batch), 0) === 2_500);
    expect(batches.every((batch) => sizeOf(batch) <= 1_000)).to.equal(true);
    batches.length = 0;
    clock.advance(5_000);
    await beatAll(2);
    await until(() => batches.reduce((sum, { changed }) => sum + changed.size, 0) === 2_500);
    expect(batches.every((batch) => sizeOf(batch) <= 1_000)).to.equal(true);
    await presence.stop();
  });

  it("takes a closed connection for a device that is gone, but not where it is a proxy's", async () => {
    const { presence, clock } = await startPresence(0);
    const closed = new Socket().destroy();
    for (const [id, socket] of [
      [1, closed],
      [2, null],
    ] as const) {
      await presence.familyOf(id, "f");
      presence.beat(id, report(), socket);
    }
    clock.advance(6_500);
    await until(() => presence.size === 1);
    expect(presence.knownFamily(2)).to.equal("f");
    clock.advance(2_499);
    // One that is gone for certain: whatever is swept was swept with it.
    await presence.familyOf(3, "f");
    presence.beat(3, report(), closed);
    presence.leave(3);
    expect(presence.knownFamily(2)).to.equal("f");
    clock.advance(1);
    await until(() => presence.size === 0);
    await presence.stop();
  });

  it("keeps what the database does not take, each device once", async () => {
    const { presence, batches, beatAll, clock, setAway, refused } = await startPresence(10);
    setAway(true);
    for (let round = 0; round < 3; round++) {
      await beatAll(round);
      const before = refused();
      await until(() => refused() > before);
      clock.advance(2_000);
    }
    setAway(false);
    await until(() => batches.length);
    const [first] = batches;
    expect(first?.came.map(({ id }) => id)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(first?.came.every(({ offered }) => offered.cores === 2)).to.equal(true);
    await presence.stop();
  });

  it("lets other instances write before it takes their devices for gone, once the database is back", async () => {
    const { presence, batches, beatAll, clock, setAway, refused } = await startPresence(1);
    setAway(true);
    await beatAll();
    for (let second = 0; second < 60; second += 5) {
      clock.advance(5_000);
      await beatAll();
      const before = refused();
      await until(() => refused() > before);
    }
    setAway(false);
    await until(() => batches.length);
    expect(batches[0]).to.have.property("orphansBeforeMs", null);
    for (let second = 0; second < 20; second += 5) {
      clock.advance(5_000);
      await beatAll();
    }
    const { orphansBeforeMs } = (await until(() => batches.find((batch) => batch.orphansBeforeMs !== null))) as Batch;
    expect(orphansBeforeMs).to.be.below(clock.now() - config.silentMs - config.writeMs);
    await presence.stop();
  });
});
