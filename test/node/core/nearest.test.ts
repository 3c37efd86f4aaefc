import { expect } from "chai";
import { byLot, byNearness, measureLatencies } from "../../../node/core/nearest.ts";
import { soon } from "../../harness/mesh.ts";

const entries = ["a", "b", "c", "d"] as const;
type Entry = (typeof entries)[number];

describe("core/nearest", () => {
  it("draws by lot, one of four times the weight four times as often, and each now and then", () => {
    const firsts: Entry[] = [];
    for (let round = 0; round < 700; round++) {
      const drawn = byLot(entries, { weight: (entry) => (entry === "a" ? 4 : 1) });
      expect([...drawn].sort()).to.deep.equal([...entries]);
      firsts.push(drawn[0] as Entry);
    }
    // Four of seven, give or take six standard deviations.
    expect(firsts.filter((entry) => entry === "a").length).to.be.within(321, 479);
    expect(new Set(firsts).size).to.equal(entries.length);
  });

  it("puts the near ones first, by chance, then the others by latency, then those of none as they were given", () => {
    const latencies = new Map<Entry, number>([
      ["a", 90],
      ["b", 24],
      ["d", 15],
    ]);
    const order = (weight?: (entry: Entry) => number) =>
      byNearness(entries, (entry) => latencies.get(entry), { ...(weight && { weight }), random: () => 0.5 }).join("");
    expect(order()).to.equal("dbac");
    expect(order((entry) => (entry === "b" ? 2 : 1))).to.equal("bdac");
    latencies.set("b", 26);
    expect(order((entry) => (entry === "b" ? 2 : 1))).to.equal("dbac");
  });

  it("does not wait for those that take much longer than the first, and leaves out those that fail", async () => {
    const answers: Record<Entry, (signal: AbortSignal) => Promise<number>> = {
      a: async () => 7,
      b: async () => Promise.reject(new Error("refused")),
      c: (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      d: async () => 8,
    };
    const latencies = await measureLatencies(entries, (entry, signal) => answers[entry](signal), soon());
    expect([...latencies]).to.deep.equal([
      ["a", 7],
      ["d", 8],
    ]);
  });
});
