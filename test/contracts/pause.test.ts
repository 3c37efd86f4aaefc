import { expect } from "chai";
import { getAddress, zeroAddress } from "viem";
import {
  asOperator,
  asPauser,
  asStranger,
  assertions,
  emptyNexus,
  MINIMUM,
  networkHelpers,
  operator,
  owner,
  pauser,
  registerNode,
  UNBONDING_S,
} from "./fixture.ts";

describe("NodeNexus.pause", () => {
  const load = async () => {
    const { nexus } = await networkHelpers.loadFixture(emptyNexus);
    const node = await registerNode(nexus);
    const sent = nexus.write.pause(asPauser);
    await assertions.emitWithArgs(sent, nexus, "Paused", [getAddress(pauser.account.address)]);
    return { nexus, ...node };
  };

  it("stops registrations and top-ups", async () => {
    const { nexus, peerID } = await load();
    expect(await nexus.read.paused()).to.equal(true);
    await assertions.revertWithCustomError(registerNode(nexus), nexus, "EnforcedPause");
    await assertions.revertWithCustomError(
      nexus.write.topUp([peerID], { ...asOperator, value: 1n }),
      nexus,
      "EnforcedPause",
    );
  });

  it("never stops an exit: a node leaves and withdraws while paused", async () => {
    const { nexus, peerID } = await load();
    await nexus.write.heartbeat([peerID], asOperator);
    await nexus.write.deregister([peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    const sent = nexus.write.withdraw([peerID], asOperator);
    await assertions.balancesHaveChanged(sent, [{ address: operator.account.address, amount: MINIMUM }]);
  });

  it("ends when the pauser or the owner says so", async () => {
    const { nexus } = await load();
    const sent = nexus.write.unpause();
    await assertions.emitWithArgs(sent, nexus, "Unpaused", [getAddress(owner.account.address)]);
    await registerNode(nexus);
    await assertions.revertWithCustomError(nexus.write.unpause(asPauser), nexus, "ExpectedPause");
  });

  it("is the pauser's and the owner's alone, and happens once", async () => {
    const { nexus } = await load();
    await assertions.revertWithCustomError(nexus.write.pause(asStranger), nexus, "NotPauser");
    await assertions.revertWithCustomError(nexus.write.unpause(asStranger), nexus, "NotPauser");
    await assertions.revertWithCustomError(nexus.write.pause(), nexus, "EnforcedPause");
  });

  it("passes to whom the owner appoints", async () => {
    const { nexus } = await load();
    await assertions.emitWithArgs(nexus.write.setPauser([zeroAddress]), nexus, "PauserSet", [zeroAddress]);
    expect(await nexus.read.pauser()).to.equal(zeroAddress);
    await assertions.revertWithCustomError(nexus.write.unpause(asPauser), nexus, "NotPauser");
    await nexus.write.unpause();
  });
});
