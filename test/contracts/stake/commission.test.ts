import { expect } from "chai";
import { asOperator, asStranger, assertions, timeOf, UNBONDING_S } from "../fixture.ts";
import { loadPool, passUnbonding, SHM, stakeOn } from "./pool.ts";

describe("NodeNexus.setCommission", () => {
  it("is free while the operator is alone, and the operator's alone", async () => {
    const { nexus, peerID } = await loadPool();
    for (const bps of [0, 10_000, 2_000]) {
      const sent = nexus.write.setCommission([peerID, bps], asOperator);
      await assertions.emitWithArgs(sent, nexus, "CommissionSet", [peerID, bps]);
    }
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.setCommission([peerID, 10_001], asOperator),
      nexus,
      "InvalidCommission",
      [10_001, 10_000],
    );
    await assertions.revertWithCustomError(nexus.write.setCommission([peerID, 0], asStranger), nexus, "NotOperator");
  });

  it("rises by five points at most, announced for as long as leaving takes", async () => {
    const { nexus, peerID } = await loadPool();
    await stakeOn(nexus, peerID, SHM);
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.setCommission([peerID, 1_501], asOperator),
      nexus,
      "InvalidCommission",
      [1_501, 1_500],
    );
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.executeCommission([peerID]),
      nexus,
      "NoCommissionAnnounced",
      [peerID],
    );
    const hash = await nexus.write.setCommission([peerID, 1_500], asOperator);
    const nextCommissionAt = (await timeOf(hash)) + BigInt(UNBONDING_S);
    await assertions.emitWithArgs(Promise.resolve(hash), nexus, "CommissionAnnounced", [
      peerID,
      1_500,
      nextCommissionAt,
    ]);
    expect(await nexus.read.poolOf([peerID])).to.deep.include({
      commissionBps: 1_000,
      nextCommissionBps: 1_500,
      nextCommissionAt,
    });
    await assertions.revertWithCustomErrorWithArgs(nexus.write.executeCommission([peerID]), nexus, "CommissionNotDue", [
      nextCommissionAt,
    ]);
    await passUnbonding();
    await assertions.emitWithArgs(nexus.write.executeCommission([peerID]), nexus, "CommissionSet", [peerID, 1_500]);
    expect((await nexus.read.poolOf([peerID])).commissionBps).to.equal(1_500);
  });

  it("falls at once, which takes back what was announced; none is announced by a node that leaves", async () => {
    const { nexus, peerID } = await loadPool();
    await stakeOn(nexus, peerID, SHM);
    await nexus.write.setCommission([peerID, 1_400], asOperator);
    await nexus.write.setCommission([peerID, 900], asOperator);
    expect(await nexus.read.poolOf([peerID])).to.deep.include({ commissionBps: 900, nextCommissionAt: 0n });
    await nexus.write.deregister([peerID], asOperator);
    await assertions.revertWithCustomError(
      nexus.write.setCommission([peerID, 1_000], asOperator),
      nexus,
      "AlreadyUnbonding",
    );
  });
});
