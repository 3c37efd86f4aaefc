import { expect } from "chai";
import { createBackoff, sleep } from "../../../node/core/backoff.ts";

describe("core/backoff", () => {
  const limits = { minMs: 100, maxMs: 1_000 };
  const waits = (backoff: { next(): number }, count: number) => Array.from({ length: count }, () => backoff.next());

  it("doubles the longest wait each time, up to its limit", () => {
    const longest = createBackoff(limits, () => 1);
    expect(waits(longest, 6)).to.deep.equal([100, 200, 400, 800, 1_000, 1_000]);
  });

  it("stays at its limit however often it is asked", () => {
    const longest = createBackoff(limits, () => 1);
    // 2 to the power of so many is infinite.
    expect(new Set(waits(longest, 2_000).slice(4))).to.deep.equal(new Set([1_000]));
  });

  it("spreads waits evenly between the shortest and the longest, so that those who fail together do not return together", () => {
    expect(
      waits(
        createBackoff(limits, () => 0),
        6,
      ),
    ).to.deep.equal([100, 100, 100, 100, 100, 100]);
    expect(
      waits(
        createBackoff(limits, () => 0.5),
        6,
      ),
    ).to.deep.equal([100, 150, 250, 450, 550, 550]);
  });

  it("begins anew after a success", () => {
    const longest = createBackoff(limits, () => 1);
    waits(longest, 5);
    longest.reset();
    expect(waits(longest, 3)).to.deep.equal([100, 200, 400]);
  });

  it("stays between its limits by its own random numbers", () => {
    for (const wait of waits(createBackoff(limits), 1_000)) expect(wait).to.be.within(100, 1_000);
  });

  it("ends a wait early, without an error, when it is told to stop", async () => {
    const stopping = new AbortController();
    const waiting = sleep(2 ** 31 - 1, stopping.signal);
    stopping.abort();
    await waiting;
    await sleep(2 ** 31 - 1, stopping.signal);
  });
});
