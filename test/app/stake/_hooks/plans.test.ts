import { expect } from "chai";
import { encodeFunctionData, parseEther } from "viem";
import { encodeRegion, nodeNexusAbi } from "../../../../app/_shared/chain/nexus.ts";
import { describeCall } from "../../../../app/stake/_hooks/describe-call.ts";
import { claimPlan, leaveBefore, readyAt, unstakePlan, withdrawPlan } from "../../../../app/stake/_hooks/plans.ts";
import type { Position } from "../../../../app/stake/_hooks/positions.ts";

const position = (pool: number, part: Partial<Position> = {}): Position => ({
  pool,
  peerId: `0x${"ab".repeat(20)}`,
  shares: 10n ** 24n,
  stake: 10n ** 18n,
  poolStake: 10n ** 18n,
  poolShares: 10n ** 24n,
  unbondings: [],
  operates: false,
  claimableWei: 0n,
  frozenUntilMs: 0,
  nextCommission: null,
  ...part,
});
const unbonding = (pool: number, index: number, availableAtMs = 0) => ({ pool, index, wei: 5n, availableAtMs });
const nexusAddress = `0x${"11".repeat(20)}` as const;
const known = { nexusAddress, paymentsAddress: null };

describe("app/stake/plans", () => {
  it("withdraws from the last number down, for the contract moves its last unbonding to the place of one that goes", () => {
    const { calls, paysWei } = withdrawPlan([unbonding(2, 0), unbonding(1, 0), unbonding(1, 2)]);
    expect(calls.map(({ args }) => args)).to.deep.equal([
      [1, 2n],
      [1, 0n],
      [2, 0n],
    ]);
    expect(paysWei).to.equal(15n);
  });

  it("holds back what still unbonds, and all of a node that somebody reported", () => {
    const ours = position(1, { unbondings: [unbonding(1, 0, 1_000), unbonding(1, 1, 3_000)] });
    const reported = position(2, { unbondings: [unbonding(2, 0, 1_000)], frozenUntilMs: 9_000 });
    expect(readyAt([ours, reported], 2_000)).to.deep.equal([unbonding(1, 0, 1_000)]);
    expect(readyAt([ours, reported], 9_000)).to.have.length(3);
  });

  it("claims from each node that has commission for the account, in one transaction each", () => {
    const { calls, paysWei } = claimPlan([position(1), position(2, { claimableWei: 7n }), position(3)]);
    expect(calls).to.have.length(1);
    expect(paysWei).to.equal(7n);
  });

  it("unstakes all shares where all of the stake is asked for", () => {
    const held = position(1);
    expect(unstakePlan(held, 1_000, held.stake).calls[0]?.args).to.deep.equal([1, held.shares]);
  });

  it("says until when to leave so as to be paid before a decision", () => {
    expect(leaveBefore(10_000_000, 1_000_000, 0)).to.match(/^Who unstakes before .* is paid out before/);
    expect(leaveBefore(10_000_000, 1_000_000, 9_500_000)).to.match(/only after it can take effect/);
  });

  it("names what governance will call with its arguments", () => {
    const data = encodeFunctionData({
      abi: nodeNexusAbi,
      functionName: "setRelayPricePerGiB",
      args: [parseEther("0.02")],
    });
    expect(describeCall(nexusAddress, data, known)).to.equal("NodeNexus.setRelayPricePerGiB(weiPerGiB: 0.02 SHM)");
    const region = encodeFunctionData({
      abi: nodeNexusAbi,
      functionName: "setRegion",
      args: [encodeRegion("a"), true],
    });
    expect(describeCall(nexusAddress, region, known)).to.equal("NodeNexus.setRegion(region: a, open: true)");
    const period = encodeFunctionData({ abi: nodeNexusAbi, functionName: "setUnbondingPeriod", args: [86_400n] });
    expect(describeCall(nexusAddress, period, known)).to.equal("NodeNexus.setUnbondingPeriod(period: 1 d)");
    expect(describeCall(nexusAddress, "0x12345678", known)).to.equal("NodeNexus: 0x12345678");
  });
});
