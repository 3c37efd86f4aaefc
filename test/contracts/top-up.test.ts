import { expect } from "chai";
import {
  asOperator,
  asStranger,
  assertions,
  createNode,
  emptyNexus,
  LIGHT_PRIVATE,
  MINIMUM,
  networkHelpers,
  owner,
  registerNode,
  UNBONDING_S,
} from "./fixture.ts";

describe("NodeNexus.topUp", () => {
  const load = () => networkHelpers.loadFixture(emptyNexus);

  it("adds to the stake, whoever pays", async () => {
    const { nexus } = await load();
    const { peerID } = await registerNode(nexus);
    await nexus.write.topUp([peerID], { ...asOperator, value: 1n });
    const sent = nexus.write.topUp([peerID], { ...asStranger, value: 2n });
    await assertions.emitWithArgs(sent, nexus, "StakeAdded", [peerID, 2n]);
    expect((await nexus.read.nodes([peerID])).stake).to.equal(MINIMUM + 3n);
  });

  it("gives a private node its first stake", async () => {
    const { nexus } = await load();
    const { peerID } = await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: 0n });
    await nexus.write.topUp([peerID], { ...asOperator, value: 9n });
    expect((await nexus.read.nodes([peerID])).stake).to.equal(9n);
  });

  it("adds to what a leaving node withdraws, without moving the day", async () => {
    const { nexus } = await load();
    const { peerID } = await registerNode(nexus);
    await nexus.write.deregister([peerID], asOperator);
    const [, availableAt] = await nexus.read.unbondingOf([peerID]);
    await nexus.write.topUp([peerID], { ...asOperator, value: 4n });
    expect(await nexus.read.unbondingOf([peerID])).to.deep.equal([MINIMUM + 4n, availableAt]);
    await networkHelpers.time.increase(UNBONDING_S);
    await assertions.emit(nexus.write.withdraw([peerID], asOperator), nexus, "StakeWithdrawn");
  });

  it("rejects a top-up of nothing, and one for an ID that nobody registered", async () => {
    const { nexus } = await load();
    const { peerID } = await registerNode(nexus);
    await assertions.revertWithCustomError(nexus.write.topUp([peerID], asOperator), nexus, "NothingSent");
    const { peerID: unknown } = createNode();
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.topUp([unknown], { ...asOperator, value: 1n }),
      nexus,
      "NotRegistered",
      [unknown],
    );
  });

  it("rejects more than a stake can hold", async () => {
    const { nexus } = await load();
    const { peerID } = await registerNode(nexus);
    const value = 2n ** 96n - MINIMUM;
    await networkHelpers.setBalance(owner.account.address, value * 2n);
    await assertions.revertWithCustomErrorWithArgs(nexus.write.topUp([peerID], { value }), nexus, "AmountTooLarge", [
      2n ** 96n,
      2n ** 96n - 1n,
    ]);
  });
});
