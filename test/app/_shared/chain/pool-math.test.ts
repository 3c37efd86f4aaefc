import { expect } from "chai";
import { parseEther } from "viem";
import {
  fewestShares,
  percentOf,
  sharesFor,
  sharesToUnstake,
  worthOf,
} from "../../../../app/_shared/chain/pool-math.ts";

// As docs/guides/economics.md has it: Alice's 100 SHM alone, then Bob's 50, then 2.7 SHM of rewards.
const alone = { stake: parseEther("100"), shares: parseEther("100") * 10n ** 6n };
const bobs = sharesFor(alone, parseEther("50"));
const together = { stake: parseEther("150"), shares: alone.shares + bobs };
const rewarded = { ...together, stake: parseEther("152.7") };

describe("app/_shared/chain/pool-math", () => {
  it("gives shares and their worth as the contract does, rounded in favour of the pool", () => {
    expect(bobs).to.equal((parseEther("50") * (alone.shares + 10n ** 6n)) / (alone.stake + 1n));
    const worth = worthOf(rewarded, bobs);
    expect(worth <= parseEther("50.9") && parseEther("50.9") - worth < 10n).to.equal(true);
  });

  it("asks for a thousandth fewer shares than an amount buys now", () => {
    expect(fewestShares(rewarded, parseEther("1"))).to.equal((sharesFor(rewarded, parseEther("1")) * 999n) / 1_000n);
  });

  it("takes out all shares for all that they are worth, and leaves no dust behind", () => {
    const held = bobs;
    expect(sharesToUnstake(rewarded, held, worthOf(rewarded, held))).to.equal(held);
    expect(sharesToUnstake(rewarded, held, worthOf(rewarded, held) + 1n)).to.equal(held);
  });

  it("takes out no more than was asked for otherwise", () => {
    const shares = sharesToUnstake(rewarded, bobs, parseEther("25"));
    expect(shares < bobs).to.equal(true);
    const worth = worthOf(rewarded, shares);
    expect(worth <= parseEther("25") && parseEther("25") - worth < 10n).to.equal(true);
  });

  it("tells a part in percent, and nothing of an empty whole", () => {
    expect(percentOf(parseEther("2.7"), parseEther("150"))).to.equal(1.8);
    expect(percentOf(1n, 0n)).to.equal(null);
  });
});
