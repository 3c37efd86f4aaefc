import { expect } from "chai";
import { encodeFunctionData, type Hex } from "viem";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import {
  asOperator,
  asStranger,
  assertions,
  contractOperator,
  createNode,
  EUROPE,
  emptyNexus,
  gasOf,
  LIGHT_PUBLIC,
  MINIMUM,
  type Nexus,
  networkHelpers,
  operator,
  prove,
  publicClient,
  registerNode,
  registrationOf,
  soon,
  UNBONDING_S,
  underCoverage,
} from "./fixture.ts";

const REFUSE = 1;
const REENTER = 2;
const NODES_IN_SLOT = 8;
type Call =
  | { functionName: "withdrawUnstaked"; args: [number, bigint] }
  | { functionName: "claim"; args: [Hex] }
  | { functionName: "slash"; args: [Hex, number] };

/** A public node of the operator, and a contract with coins that acts on it in its own name. */
async function nodeAndContract() {
  const { nexus } = await emptyNexus();
  const { peerID } = await registerNode(nexus);
  const { contract } = await contractOperator(nexus);
  const { pool } = await nexus.read.poolOf([peerID]);
  await networkHelpers.impersonateAccount(contract.address);
  await networkHelpers.setBalance(contract.address, 2n * MINIMUM);
  const reenterBy = (call: Call) =>
    contract.write.setConduct([REENTER, encodeFunctionData({ abi: nodeNexusAbi, ...call })]);
  const balanceOf = () => publicClient.getBalance({ address: contract.address });
  return { nexus, contract, peerID, pool, reenterBy, balanceOf };
}

describe("Attacks on NodeNexus", () => {
  const load = () => networkHelpers.loadFixture(nodeAndContract);

  it("re-entrancy by a staker: a contract that calls back while it is paid is paid once", async () => {
    const { nexus, contract, peerID, pool, reenterBy } = await load();
    const asContract = { account: contract.address };
    await nexus.write.stake([peerID, 0n], { ...asContract, value: MINIMUM });
    const { shares } = await nexus.read.stakerOf([pool, contract.address]);
    await nexus.write.unstake([pool, shares / 2n], asContract);
    await nexus.write.unstake([pool, shares / 2n], asContract);
    await networkHelpers.time.increase(UNBONDING_S);
    await reenterBy({ functionName: "withdrawUnstaked", args: [pool, 0n] });
    const before = await publicClient.getBalance({ address: nexus.address });
    await nexus.write.withdrawUnstaked([pool, 0n], asContract);
    expect(before - (await publicClient.getBalance({ address: nexus.address }))).to.equal(MINIMUM / 2n);
    expect(await contract.read.reentryFailure()).to.not.equal("0x");
    expect((await nexus.read.stakerOf([pool, contract.address])).unbondings).to.have.length(1);
  });

  it("re-entrancy by a slasher: a contract that calls back while it is paid slashes once", async () => {
    const { nexus, contract, peerID, reenterBy, balanceOf } = await load();
    await nexus.write.setSlasher([contract.address]);
    await reenterBy({ functionName: "slash", args: [peerID, 1_000] });
    const before = await balanceOf();
    // Without a price of gas, what the contract has more is what it was paid.
    const fees = { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
    await networkHelpers.setNextBlockBaseFeePerGas(0n);
    await nexus.write.slash([peerID, 1_000], { account: contract.address, ...fees });
    expect((await balanceOf()) - before).to.equal(MINIMUM / 10n);
    expect(await contract.read.reentryFailure()).to.not.equal("0x");
    expect((await nexus.read.nodes([peerID])).stake).to.equal((MINIMUM * 9n) / 10n);
  });

  it("re-entrancy by a beneficiary: it is paid what was earned, once", async () => {
    const { nexus, contract, peerID, reenterBy, balanceOf } = await load();
    await nexus.write.setBeneficiary([peerID, contract.address], asOperator);
    await nexus.write.reward([peerID], { value: MINIMUM });
    await reenterBy({ functionName: "claim", args: [peerID] });
    const before = await balanceOf();
    await nexus.write.claim([peerID], asStranger);
    expect((await balanceOf()) - before).to.equal(MINIMUM);
    expect(await contract.read.reentryFailure()).to.not.equal("0x");
    expect((await nexus.read.poolOf([peerID])).earnings).to.equal(0n);
  });

  it("a re-entering beneficiary: while a node is withdrawn it is paid what was earned, once", async () => {
    const { nexus, contract, peerID, reenterBy, balanceOf } = await load();
    await nexus.write.setBeneficiary([peerID, contract.address], asOperator);
    await nexus.write.reward([peerID], { value: MINIMUM / 2n });
    await nexus.write.deregister([peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    await reenterBy({ functionName: "claim", args: [peerID] });
    const before = await balanceOf();
    const sent = nexus.write.withdraw([peerID], asOperator);
    await assertions.balancesHaveChanged(sent, [{ address: operator.account.address, amount: MINIMUM }]);
    expect((await balanceOf()) - before).to.equal(MINIMUM / 2n);
    expect(await contract.read.reentryFailure()).to.not.equal("0x");
  });

  it("a refusing beneficiary: it holds up no staker, and the operator only until another is named", async () => {
    const { nexus, contract, peerID, pool } = await load();
    await nexus.write.stake([peerID, 0n], { ...asStranger, value: MINIMUM });
    await nexus.write.setBeneficiary([peerID, contract.address], asOperator);
    await nexus.write.reward([peerID], { value: MINIMUM / 2n });
    await contract.write.setConduct([REFUSE, "0x"]);
    await nexus.write.deregister([peerID], asOperator);
    const { shares } = await nexus.read.stakerOf([pool, asStranger.account.address]);
    await nexus.write.unstake([pool, shares], asStranger);
    await networkHelpers.time.increase(UNBONDING_S);
    const staker = nexus.write.withdrawUnstaked([pool, 0n], asStranger);
    await assertions.balancesHaveChanged(staker, [{ address: asStranger.account.address, amount: MINIMUM }]);
    for (const refused of [nexus.write.claim([peerID]), nexus.write.withdraw([peerID], asOperator)]) {
      await assertions.revertWithCustomError(refused, nexus, "TransferFailed");
    }
    await nexus.write.setBeneficiary([peerID, operator.account.address], asOperator);
    const left = nexus.write.withdraw([peerID], asOperator);
    const amount = MINIMUM + MINIMUM / 2n;
    await assertions.balancesHaveChanged(left, [{ address: operator.account.address, amount }]);
  });

  it("a front-run registration: what is copied from a pending transaction works for its operator alone", async () => {
    const { nexus } = await load();
    const node = createNode();
    const pending = await registrationOf(node, nexus);
    const theft = nexus.write.register([pending], { ...asStranger, value: MINIMUM });
    await assertions.revertWithCustomError(theft, nexus, "PeerIdMismatch");
    await nexus.write.register([pending], { ...asOperator, value: MINIMUM });
    expect((await nexus.read.nodes([node.peerID])).operator.toLowerCase()).to.equal(operator.account.address);
  });

  it("gas griefing: a crowd of nodes that cost no stake makes nothing dearer for others of its group", async function () {
    if (underCoverage) this.skip();
    const { nexus } = await load();
    await nexus.write.setMinimumStake([LIGHT_PUBLIC, 0n]);
    const data = encodeFunctionData({ abi: nodeNexusAbi, functionName: "getPublicLightNodes", args: [EUROPE, 3n] });
    /** The dearest of as many nodes as share a slot of the index: what one costs depends on its place there. */
    const costs = async () => {
      const [registered, left]: [number[], number[]] = [[], []];
      const nodes: Hex[] = [];
      for (let i = 0; i < NODES_IN_SLOT; i++) {
        const { peerID, hash } = await registerNode(nexus);
        nodes.push(peerID);
        registered.push(Number(await gasOf(hash)));
      }
      const lookup = Number(await publicClient.estimateGas({ to: nexus.address, data }));
      for (const peerID of nodes) left.push(Number(await gasOf(await nexus.write.deregister([peerID], asOperator))));
      return { register: Math.max(...registered), lookup, leave: Math.max(...left) };
    };
    const quiet = await costs();
    await crowd(nexus, 150);
    expect(await nexus.read.nodeCount([EUROPE, LIGHT_PUBLIC])).to.equal(151n);
    const crowded = await costs();
    expect(crowded.register).to.be.at.most(quiet.register + 1_000);
    expect(crowded.lookup).to.be.at.most(quiet.lookup + 1_000);
    expect(crowded.leave).to.be.at.most(quiet.leave + 1_000);
  });
});

/** Nodes without stake, where `registerNode` puts all: public ones of Europe. */
async function crowd(nexus: Nexus, count: number) {
  const deadline = await soon();
  for (let i = 0; i < count; i++) {
    const node = createNode();
    const nodeSignature = await prove(node, nexus, { deadline });
    await registerNode(nexus, { node, value: 0n, deadline, nodeSignature });
  }
}
