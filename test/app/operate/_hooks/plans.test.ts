import { expect } from "chai";
import { parseEther } from "viem";
import { encodeRegion } from "../../../../app/_shared/chain/nexus.ts";
import { changePlan, deregisterPlan, topUpPlan, withdrawPlan } from "../../../../app/operate/_hooks/plans.ts";

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

  it("add to the stake, and show what it comes to", () => {
    const { calls, facts } = topUpPlan({ ...node, stakeWei: String(parseEther("100")) }, parseEther("1.5"));
    expect(calls).to.deep.equal([{ functionName: "topUp", args: [node.peerId], value: parseEther("1.5") }]);
    expect(facts.at(-1)?.value).to.equal("101.5 SHM");
  });

  it("leave, and say when the stake can be withdrawn", () => {
    const { calls, facts } = deregisterPlan(node, 7 * 86_400_000);
    expect(calls).to.deep.equal([{ functionName: "deregister", args: [node.peerId] }]);
    expect(facts.at(-1)?.value).to.equal("7 d later");
    expect(deregisterPlan(node, null).facts.at(-1)?.value).to.equal("after the unbonding period");
  });

  it("withdraw the stake, which pays out", () => {
    const { calls, paysWei } = withdrawPlan(node.peerId, 5n);
    expect({ calls, paysWei }).to.deep.equal({
      calls: [{ functionName: "withdraw", args: [node.peerId] }],
      paysWei: 5n,
    });
  });
});
