import { expect } from "chai";
import { measure, type ProbeOutcome, scoreOf, slotOf, step } from "../../../../node/core/evidence/score.ts";
import { createRandom } from "../../../harness/random.ts";

const hourMs = 3_600_000;
const slotMs = hourMs / 12;
/** An epoch's start. */
const startMs = 497_000 * hourMs;

const probe = (prober: string, slot: number, latencyMs: number | null): ProbeOutcome => ({
  prober,
  sentAtMs: startMs + slot * slotMs + 7,
  latencyMs,
});
const hourOf = (prober: string, latencies: readonly (number | null)[]) =>
  latencies.map((latencyMs, slot) => probe(prober, slot, latencyMs));

describe("core/evidence/score", () => {
  it("gives all points to a node that always answered within 100 ms", () => {
    const measured = measure(hourOf("a", Array(12).fill(100)), hourMs);
    expect(measured).to.deep.equal({ slots: [12, 12], availability: 10_000, latencyMs: 100 });
    expect(scoreOf([measured.slots], measured)).to.deep.equal({
      uptime: 10_000,
      latency: 10_000,
      availability: 10_000,
      score: 100,
    });
  });

  it("gives none to a node that never answered", () => {
    const measured = measure(hourOf("a", Array(12).fill(null)), hourMs);
    expect(measured).to.deep.equal({ slots: [0, 12], availability: 0, latencyMs: null });
    expect(scoreOf([measured.slots], measured).score).to.equal(0);
  });

  it("comes to what docs/guides/score.md works out by hand", () => {
    // a hears of it in 9 of 12 slots, b in 11, c in 4: a is the middle one.
    const a = hourOf("a", [80, 80, 80, 120, 250, 250, 300, 300, 300, null, null, null]);
    const b = hourOf("b", [90, 90, 90, 90, 90, 90, 90, 90, 90, 90, 90, null]);
    const c = hourOf("c", [...Array(8).fill(null), 400, 400, 400, 400]);
    const measured = measure([...a, ...b, ...c], hourMs);
    expect(measured).to.deep.equal({ slots: [11, 12], availability: 7_500, latencyMs: 250 });
    const history = [[12, 12], [10, 12], measured.slots] as const;
    expect(scoreOf(history, measured)).to.deep.equal({
      uptime: 9_166,
      latency: 4_000,
      availability: 7_500,
      score: 71,
    });
  });

  it("halves the points of latency with twice the time", () => {
    const latency = (ms: number) => scoreOf([[1, 1]], { availability: 10_000, latencyMs: ms }).latency;
    expect([0, 1, 100, 101, 200, 400, 1_000, 5_000].map(latency)).to.deep.equal([
      10_000, 10_000, 10_000, 9_900, 5_000, 2_500, 1_000, 200,
    ]);
  });

  it("rounds half up", () => {
    const score = (availability: number) => scoreOf([[0, 1]], { availability, latencyMs: null }).score;
    expect([1_665, 1_667, 5_000, 5_001].map(score)).to.deep.equal([5, 5, 15, 15]);
    expect(scoreOf([[1, 8]], { availability: 0, latencyMs: null }).score).to.equal(5);
    expect(scoreOf([[1, 4]], { availability: 1_500, latencyMs: null }).score).to.equal(15);
    expect(scoreOf([[1, 4]], { availability: 1_499, latencyMs: null }).score).to.equal(14);
  });

  it("takes no more than half of the probers' word that a node was away", () => {
    const up = hourOf("up", Array(12).fill(50));
    const denying = (name: string) => hourOf(name, Array(12).fill(null));
    const seenBy = (...views: ProbeOutcome[][]) => measure(views.flat(), hourMs);
    expect(seenBy(denying("a"))).to.deep.equal({ slots: [0, 12], availability: 0, latencyMs: null });
    expect(seenBy(up, denying("a")).slots).to.deep.equal([12, 12]);
    expect(seenBy(up, denying("a")).availability).to.equal(10_000);
    expect(seenBy(up, denying("a"), denying("b"))).to.include({ availability: 0 });
    expect(seenBy(up, denying("a"), denying("b")).slots).to.deep.equal([0, 12]);
    expect(seenBy(up, hourOf("up-2", Array(12).fill(50)), denying("a")).slots).to.deep.equal([12, 12]);
  });

  it("counts a slot once, however often it was asked within", () => {
    const often = Array.from({ length: 9 }, () => probe("a", 3, null));
    expect(measure([...often, probe("a", 3, 10), probe("a", 4, null)], hourMs).slots).to.deep.equal([1, 2]);
  });

  it("says nothing of a node that was not asked", () => {
    expect(measure([], hourMs)).to.deep.equal({ slots: [0, 0], availability: null, latencyMs: null });
  });

  it("divides an epoch of any length into twelve slots", () => {
    for (const lengthMs of [1_000, 7_000, 61_000, hourMs]) {
      const start = 1_000_003 * lengthMs;
      expect(slotOf(start, lengthMs)).to.equal(0);
      expect(slotOf(start + lengthMs - 1, lengthMs)).to.equal(11);
      expect(slotOf(start + lengthMs / 2, lengthMs)).to.equal(6);
    }
  });

  it("moves by ten at most", () => {
    expect([step(50, 100), step(50, 0), step(50, 55), step(50, 41), step(4, 0), step(97, 100)]).to.deep.equal([
      60, 40, 55, 41, 0, 100,
    ]);
  });

  describe("for any probes", () => {
    const random = createRandom(4);
    const any = () =>
      Array.from({ length: 1 + random.integer(80) }, () =>
        probe(`p${random.integer(5)}`, random.integer(12), random.integer(3) === 0 ? null : random.integer(5_001)),
      );
    const anyHistory = () =>
      Array.from({ length: random.integer(11) }, () => {
        const asked = random.integer(13);
        return [random.integer(asked + 1), asked] as const;
      });
    const score = (history: readonly (readonly [number, number])[], probes: readonly ProbeOutcome[]) => {
      const measured = measure(probes, hourMs);
      return scoreOf([...history, measured.slots], measured);
    };

    it("is made of integers within their bounds, and of the parts by their weights", () => {
      for (let round = 0; round < 500; round++) {
        const { uptime, latency, availability, score: sum } = score(anyHistory(), any());
        for (const part of [uptime, latency, availability])
          expect(part).to.be.within(0, 10_000).and.satisfy(Number.isInteger);
        expect(sum).to.be.within(0, 100).and.satisfy(Number.isInteger);
        expect(Math.abs(sum - (0.4 * uptime + 0.3 * latency + 0.3 * availability) / 100)).to.be.at.most(0.5);
      }
    });

    it("does not depend on the sequence of the probes", () => {
      for (let round = 0; round < 200; round++) {
        const [history, probes] = [anyHistory(), any()];
        const shuffled = probes.map((one) => ({ one, at: random.integer(1e6) })).sort((a, b) => a.at - b.at);
        expect(
          score(
            history,
            shuffled.map(({ one }) => one),
          ),
        ).to.deep.equal(score(history, probes));
      }
    });

    it("gets no worse where an answer comes that had not come, and comes at once", () => {
      for (let round = 0; round < 300; round++) {
        const [history, probes] = [anyHistory(), any()];
        const index = random.integer(probes.length);
        const better = probes.map((one, at) => (at === index ? { ...one, latencyMs: 0 } : one));
        expect(score(history, better).score).to.be.at.least(score(history, probes).score);
      }
    });

    it("is not moved down by one prober of three that denies everything", () => {
      for (let round = 0; round < 200; round++) {
        const honest = [0, 1].flatMap((p) =>
          Array.from({ length: 12 }, (_, slot) => probe(`p${p}`, slot, random.integer(900))),
        );
        const liar = Array.from({ length: random.integer(40) + 1 }, () => probe("liar", random.integer(12), null));
        expect(score([], [...honest, ...liar]).uptime).to.equal(10_000);
        expect(score([], [...honest, ...liar])).to.deep.equal(score([], honest));
      }
    });
  });
});
