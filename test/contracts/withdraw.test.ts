import { expect } from "chai";
import { encodeErrorResult, encodeFunctionData, getAddress, toFunctionSelector } from "viem";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import {
  asOperator,
  asStranger,
  assertions,
  contractOperator,
  createNode,
  EUROPE,
  emptyNexus,
  LIGHT_PRIVATE,
  MINIMUM,
  networkHelpers,
  operator,
  publicClient,
  registerNode,
  registrationOf,
  UNBONDING_S,
} from "./fixture.ts";

const ACCEPT = 0;
const REFUSE = 1;
const REENTER = 2;
const zeroNode = {
  peerID: `0x${"00".repeat(20)}`,
  nodeType: 0,
  region: `0x${"00".repeat(32)}`,
  operator: `0x${"00".repeat(20)}`,
  bandwidthMbps: 0,
  stake: 0n,
  lastSeen: 0n,
  active: false,
};

describe("NodeNexus.withdraw", () => {
  const loadEmpty = () => networkHelpers.loadFixture(emptyNexus);
  const load = async () => {
    const { nexus } = await loadEmpty();
    const node = await registerNode(nexus);
    await nexus.write.deregister([node.peerID], asOperator);
    return { nexus, ...node };
  };

  it("pays the whole stake to the operator when the unbonding is over", async () => {
    const { nexus, peerID } = await load();
    await networkHelpers.time.increase(UNBONDING_S);
    const sent = nexus.write.withdraw([peerID], asOperator);
    await assertions.emitWithArgs(sent, nexus, "StakeWithdrawn", [
      peerID,
      getAddress(operator.account.address),
      MINIMUM,
    ]);
    await assertions.balancesHaveChanged(sent, [
      { address: operator.account.address, amount: MINIMUM },
      { address: nexus.address, amount: -MINIMUM },
    ]);
  });

  it("forgets the node", async () => {
    const { nexus, peerID } = await load();
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdraw([peerID], asOperator);
    expect(await nexus.read.nodes([peerID])).to.deep.equal(zeroNode);
    expect(await nexus.read.unbondingOf([peerID])).to.deep.equal([0n, 0n]);
    expect(await nexus.read.scoreOf([peerID])).to.equal(0);
    await assertions.revertWithCustomError(nexus.write.withdraw([peerID], asOperator), nexus, "NotRegistered");
  });

  it("pays in the very second that was announced and in none before", async () => {
    const { nexus, peerID } = await load();
    const [, availableAt] = await nexus.read.unbondingOf([peerID]);
    await networkHelpers.time.setNextBlockTimestamp(availableAt - 1n);
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.withdraw([peerID], asOperator),
      nexus,
      "StillUnbonding",
      [availableAt],
    );
    await networkHelpers.time.setNextBlockTimestamp(availableAt);
    await nexus.write.withdraw([peerID], asOperator);
  });

  it("rejects a node that did not announce its leaving", async () => {
    const { nexus } = await loadEmpty();
    const { peerID } = await registerNode(nexus);
    await assertions.revertWithCustomErrorWithArgs(nexus.write.withdraw([peerID], asOperator), nexus, "NotUnbonding", [
      peerID,
    ]);
  });

  it("is the operator's alone; not even the owner can take a stake", async () => {
    const { nexus, peerID } = await load();
    await networkHelpers.time.increase(UNBONDING_S);
    await assertions.revertWithCustomError(nexus.write.withdraw([peerID], asStranger), nexus, "NotOperator");
    await assertions.revertWithCustomError(nexus.write.withdraw([peerID]), nexus, "NotOperator");
  });

  it("frees the ID of a node without stake too", async () => {
    const { nexus } = await loadEmpty();
    const { peerID } = await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: 0n });
    await nexus.write.deregister([peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdraw([peerID], asOperator);
    expect(await nexus.read.nodes([peerID])).to.deep.equal(zeroNode);
  });

  it("lets the same operator register the ID again", async () => {
    const { nexus, ...node } = await load();
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdraw([node.peerID], asOperator);
    await registerNode(nexus, { node });
    expect(await nexus.read.getPublicLightNodes([EUROPE, 5n])).to.deep.equal([node.peerID]);
  });

  it("pays an operator that is a contract", async () => {
    const { nexus } = await loadEmpty();
    const { contract, peerID } = await contractOperator(nexus);
    await contract.write.setConduct([ACCEPT, "0x"]);
    await contract.write.withdraw([peerID]);
    expect(await publicClient.getBalance({ address: contract.address })).to.equal(MINIMUM);
  });

  it("keeps the stake of an operator that refuses it, for another time", async () => {
    const { nexus } = await loadEmpty();
    const { contract, peerID } = await contractOperator(nexus);
    await contract.write.setConduct([REFUSE, "0x"]);
    await assertions.revertWithCustomErrorWithArgs(contract.write.withdraw([peerID]), nexus, "TransferFailed", [
      getAddress(contract.address),
      MINIMUM,
    ]);
    expect((await nexus.read.unbondingOf([peerID]))[0]).to.equal(MINIMUM);
    await contract.write.setConduct([ACCEPT, "0x"]);
    await contract.write.withdraw([peerID]);
  });

  it("pays once, though the operator calls back while it is paid", async () => {
    const { nexus } = await loadEmpty();
    await registerNode(nexus);
    const { contract, peerID } = await contractOperator(nexus);
    const again = encodeFunctionData({ abi: nodeNexusAbi, functionName: "withdraw", args: [peerID] });
    await contract.write.setConduct([REENTER, again]);
    await contract.write.withdraw([peerID]);
    expect(await publicClient.getBalance({ address: contract.address })).to.equal(MINIMUM);
    expect(await publicClient.getBalance({ address: nexus.address })).to.equal(MINIMUM);
    expect(await contract.read.reentryFailure()).to.equal(
      encodeErrorResult({ abi: nodeNexusAbi, errorName: "ReentrancyGuardReentrantCall" }),
    );
  });

  it("has given everything up before it pays: a call back may register the free ID", async () => {
    const { nexus } = await loadEmpty();
    const { contract } = await contractOperator(nexus);
    const node = createNode();
    const proven = () => registrationOf(node, nexus, { operatorAddress: contract.address, nodeType: LIGHT_PRIVATE });
    await contract.write.register([await proven()]);
    await contract.write.deregister([node.peerID]);
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.topUp([node.peerID], { value: 1n });
    const register = encodeFunctionData({ abi: nodeNexusAbi, functionName: "register", args: [await proven()] });
    await contract.write.setConduct([REENTER, register]);
    await contract.write.withdraw([node.peerID]);
    expect(await nexus.read.nodes([node.peerID])).to.deep.include({ active: true, stake: 0n });
  });

  it("takes no money without a purpose", async () => {
    const { nexus } = await loadEmpty();
    await assertions.revert(operator.sendTransaction({ to: nexus.address, value: 1n }));
    await assertions.revert(
      operator.sendTransaction({ to: nexus.address, value: 1n, data: toFunctionSelector("heartbeat(bytes20)") }),
    );
  });
});
