import { expect } from "chai";
import { parseEther } from "viem";
import { monthlyEarnings } from "../../../../app/operate/_hooks/earnings.ts";

const price = parseEther("0.01");

describe("app/operate/earnings", () => {
  it("pays for the GiB that the used part of the bandwidth carries in 30 days", () => {
    // 100 Mbit/s × 5 % × 2,592,000 s = 1.62 TB = 1,508.74 GiB.
    const { bytes, wei } = monthlyEarnings(100, 5, price);
    expect(bytes).to.equal(1_620_000_000_000);
    expect(Number(wei) / 1e18).to.be.closeTo(15.0874, 0.0001);
  });

  it("is nothing without use, without a price, and while the bandwidth is being typed", () => {
    expect(monthlyEarnings(100, 0, price)).to.deep.equal({ bytes: 0, wei: 0n });
    expect(monthlyEarnings(100, 5, 0n).wei).to.equal(0n);
    for (const typed of [Number.NaN, 0.5])
      expect(monthlyEarnings(typed, 5, price)).to.deep.equal({ bytes: 0, wei: 0n });
  });

  it("grows with bandwidth and use to the wei, also where a double would round", () => {
    const odd = 10n ** 18n + 1n;
    const one = monthlyEarnings(1, 100, odd);
    expect(one.bytes).to.equal(324_000_000_000);
    expect(one.wei).to.equal((324_000_000_000n * odd) / 2n ** 30n);
    expect(monthlyEarnings(100_000, 100, odd).bytes).to.equal(one.bytes * 100_000);
  });
});
