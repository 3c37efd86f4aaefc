import { expect } from "chai";
import type { Hex } from "viem";
import { createEpochClock } from "../../../../node/backbone/health/epochs.ts";
import { createSchedule, planSlot } from "../../../../node/backbone/health/schedule.ts";
import { identityOf } from "../../../harness/identities.ts";
import { createRandom } from "../../../harness/random.ts";
import { until } from "../../../harness/until.ts";
import { silent } from "../../api/fixture.ts";

const peers = Array.from({ length: 40 }, (_, n) => identityOf(n + 1).peerId);
const source = createRandom(5);
const random = () => source.integer(1e9) / 1e9;

describe("backbone/health/epochs", () => {
  const hour = createEpochClock(3_600);
  const startMs = 497_000 * 3_600_000;

  it("closes an epoch one slot after its end, when its probes are all in", () => {
    expect(hour.epochAt(startMs)).to.equal(497_000);
    expect(hour.closedAt(startMs + hour.slotMs - 1)).to.equal(496_998);
    expect(hour.closedAt(startMs + hour.slotMs)).to.equal(496_999);
  });

  it("counts a turn for each slot that an epoch has been closed", () => {
    const attempts = [1, 1.5, 2, 12].map((slots) => hour.attemptAt(496_999, startMs + slots * hour.slotMs));
    expect(attempts).to.deep.equal([0, 0, 1, 11]);
  });
});

describe("backbone/health/schedule", () => {
  it("asks each node once in a slot, and about every fourth a second time", () => {
    let second = 0;
    for (let round = 0; round < 100; round++) {
      const plan = planSlot(peers, { startMs: 1_000, lengthMs: 300_000 }, random);
      expect(new Set(plan.map(({ peerId }) => peerId)).size).to.equal(peers.length);
      for (const { atMs } of plan) expect(atMs).to.be.within(1_000, 300_999);
      expect(plan).to.deep.equal(plan.toSorted((a, b) => a.atMs - b.atMs));
      second += plan.length - peers.length;
    }
    expect(second).to.be.within(800, 1_200);
  });

  it("spreads the moments over the slot: no tenth of it is without, and none has a third", () => {
    const tenths = Array<number>(10).fill(0);
    for (let round = 0; round < 50; round++) {
      for (const { atMs } of planSlot(peers, { startMs: 0, lengthMs: 1_000 }, random)) {
        tenths[Math.floor(atMs / 100)] = (tenths[Math.floor(atMs / 100)] ?? 0) + 1;
      }
    }
    const all = tenths.reduce((sum, count) => sum + count, 0);
    for (const count of tenths) expect(count / all).to.be.within(0.05, 0.15);
  });

  it("runs a slot once, asks sixteen nodes at once at the most, and goes on where a probe fails", async () => {
    // A clock that jumps from moment to moment: no slot takes any time.
    let nowMs = 1_000_000;
    let underWay = 0;
    let most = 0;
    const asked: Hex[] = [];
    const release: (() => void)[] = [];
    const schedule = createSchedule({
      epochs: async () => createEpochClock(1_200),
      targets: async () => (asked.length === 0 ? peers : []),
      async probe(peerId) {
        asked.push(peerId);
        most = Math.max(most, ++underWay);
        await new Promise<void>((resolve) => release.push(resolve));
        underWay--;
        throw new Error("no disk");
      },
      now: () => (nowMs += 100_000),
      random,
      log: silent,
    });
    await schedule.start(AbortSignal.timeout(5_000));
    await until(() => underWay === 16);
    while (new Set(asked).size < peers.length) {
      release.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const one of release.splice(0)) one();
    const stopped = schedule.stop();
    for (const one of release.splice(0)) one();
    await stopped;
    expect(most).to.equal(16);
  });
});
