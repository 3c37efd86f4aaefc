import { expect } from "chai";
import { parseEther } from "viem";
import { encodeRegion } from "../../../../app/_shared/chain/nexus.ts";
import { commissionError, parseBps } from "../../../../app/operate/_hooks/commission.ts";
import {
  beginCommissionPlan,
  changePlan,
  commissionPlan,
  deregisterPlan,
  topUpPlan,
  withdrawPlan,
} from "../../../../app/operate/_hooks/plans.ts";

const node = {
  peerId: `0x${"11".repeat(20)}`,
  nodeType: "light_private",
  region: "europe",
  bandwidthMbps: 100,
  stakeWei: "0",
} as const;

describe("app/operate/plans", () => {
  it("change the offer, and show what was and what will be", () => {
    const offer = { nodeType: "light_public", region: "europe", bandwidthMbps: 200 } as const;
    const { calls, facts } = changePlan(node, offer, parseEther("100"));
    expect(calls).to.deep.equal([
      {
        functionName: "update",
        args: [node.peerId, 2, encodeRegion("europe"), 200],
        value: parseEther("100"),
      },
    ]);
    expect(facts.map(({ value }) => value)).to.deep.equal([
      "0x111111…1111",
      "Private → Public",
      "Europe",
      "100 Mbit/s → 200 Mbit/s",
      "100 SHM",
    ]);
    expect(changePlan(node, offer, 0n).facts).to.have.length(4);
  });

  it("lower a commission at once, announce a higher one where there are stakers, and begin it", () => {
    const alone = { bps: 10_000, next: null, hasStakers: false };
    const lowered = commissionPlan(node, alone, 1_250, 60_000);
    expect(lowered.calls).to.deep.equal([{ functionName: "setCommission", args: [node.peerId, 1_250] }]);
    expect(lowered.facts.map(({ value }) => value)).to.deep.equal(["0x111111…1111", "100 % → 12.5 %", "at once"]);
    const staked = { bps: 1_250, next: { bps: 1_750, atMs: 0 }, hasStakers: true };
    expect(commissionPlan(node, staked, 1_750, 60_000).facts.at(-1)?.value).to.equal("1 min later");
    expect(commissionPlan(node, { ...staked, hasStakers: false }, 1_750, 60_000).facts.at(-1)?.value).to.equal(
      "at once",
    );
    const begun = beginCommissionPlan(node, staked);
    expect(begun.calls).to.deep.equal([{ functionName: "executeCommission", args: [node.peerId] }]);
    expect(begun.facts.at(-1)?.value).to.equal("12.5 % → 17.5 %");
  });

  it("take a commission of 0 to 100 % with two decimals, and no step that the contract refuses", () => {
    expect(["0", "100", "12.5", "0.01", "7."].map(parseBps)).to.deep.equal([0, 10_000, 1_250, 1, 700]);
    expect(["", "101", "100.01", "1.234", "-1", "1e1", "1.2.3", "ten"].map(parseBps)).to.deep.equal(
      Array.from({ length: 8 }, () => null),
    );
    const staked = { bps: 1_250, next: null, hasStakers: true };
    expect(commissionError(staked, "17.5")).to.equal(null);
    expect(commissionError(staked, "17.51")).to.match(/^At most 17.5 %/);
    expect(commissionError({ ...staked, hasStakers: false }, "100")).to.equal(null);
    expect(commissionError({ ...staked, bps: 9_800 }, "100")).to.equal(null);
    expect(commissionError(staked, "101")).to.match(/0 to 100/);
    expect(commissionError(staked, "")).to.equal(null);
  });

  it("add to the stake, and show what it comes to", () => {
    const { calls, facts } = topUpPlan({ ...node, stakeWei: String(parseEther("100")) }, parseEther("1.5"));
    expect(calls).to.deep.equal([{ functionName: "topUp", args: [node.peerId], value: parseEther("1.5") }]);
    expect(facts.at(-1)?.value).to.equal("101.5 SHM");
  });

  it("leave, and say when the stake can be withdrawn", () => {
    const { calls, facts } = deregisterPlan(node, parseEther("4.5"), 7 * 86_400_000);
    expect(calls).to.deep.equal([{ functionName: "deregister", args: [node.peerId] }]);
    expect(facts.slice(1).map(({ value }) => value)).to.deep.equal(["4.5 SHM", "7 d later"]);
    expect(deregisterPlan(node, 0n, null).facts.at(-1)?.value).to.equal("after the unbonding period");
  });

  it("withdraw the stake, which pays out", () => {
    const { calls, paysWei } = withdrawPlan(node.peerId, 5n);
    expect({ calls, paysWei }).to.deep.equal({
      calls: [{ functionName: "withdraw", args: [node.peerId] }],
      paysWei: 5n,
    });
  });
});
