import { expect } from "chai";
import { type Address, getAddress, getContract, type Hex, keccak256, parseEther, toHex, zeroAddress } from "viem";
import { slashingAbi, slashingBytecode } from "../../contracts/generated/slashing.ts";
import { nodeRecordTopic, statementDomain, statementTypes } from "../../node/core/records/statement.ts";
import {
  asOperator,
  asPauser,
  asStranger,
  assertions,
  contractOperator,
  createNode,
  emptyNexus,
  MINIMUM,
  malleate,
  networkHelpers,
  operator,
  owner,
  pauser,
  publicClient,
  registerNode,
  stranger,
  type TestNode,
  timeOf,
  UNBONDING_S,
} from "./fixture.ts";

const DAY_S = 24 * 3600;
const WINDOW_S = 2 * DAY_S;
const GRACE_S = 3 * DAY_S;
const PER_WEI = 10n ** 6n;
/** A tenth of the stake, of which a tenth goes to the reporter. */
const settings = [BigInt(WINDOW_S), 1_000, 1_000] as const;

async function deploySlashing(nexus: Address, [window, penalty, share]: readonly [bigint, number, number] = settings) {
  const hash = await owner.deployContract({
    abi: slashingAbi,
    bytecode: slashingBytecode,
    args: [nexus, window, penalty, share],
  });
  const { contractAddress } = await publicClient.getTransactionReceipt({ hash });
  const address = contractAddress ?? zeroAddress;
  return getContract({ address, abi: slashingAbi, client: { public: publicClient, wallet: owner } });
}

async function court() {
  const { nexus } = await emptyNexus();
  const slashing = await deploySlashing(nexus.address);
  await nexus.write.setSlasher([slashing.address]);
  const node = await registerNode(nexus);
  return { nexus, slashing, node };
}

interface Statement {
  topic: Hex;
  sequence: bigint;
  contentHash: Hex;
}
const [one, other] = [keccak256(toHex("one")), keccak256(toHex("other"))];

/** As the daemon signs its node records. */
const state = (node: TestNode, nexusAddress: Address, statement: Partial<Statement> = {}, chainId = 31337) =>
  node.nodeKey.signTypedData({
    domain: statementDomain({ chainId, nexusAddress }),
    types: statementTypes,
    primaryType: "Statement",
    message: { peerID: node.peerID, topic: nodeRecordTopic, sequence: 1n, contentHash: one, ...statement },
  });

async function contradictionOf(node: TestNode, nexusAddress: Address, sequence = 1n) {
  return {
    peerID: node.peerID,
    topic: nodeRecordTopic,
    sequence,
    mlDsaKeyHash: node.mlDsaKeyHash,
    firstContentHash: one,
    secondContentHash: other,
    firstSignature: await state(node, nexusAddress, { sequence }),
    secondSignature: await state(node, nexusAddress, { sequence, contentHash: other }),
  };
}

describe("Slashing", () => {
  const load = async () => {
    const loaded = await networkHelpers.loadFixture(court);
    const { nexus, slashing, node } = loaded;
    const contradiction = await contradictionOf(node, nexus.address);
    const report = (changes: Partial<typeof contradiction> = {}) =>
      slashing.write.report([{ ...contradiction, ...changes }], asStranger);
    const executed = async () => {
      await report();
      await networkHelpers.time.increase(WINDOW_S);
      return slashing.write.execute([node.peerID]);
    };
    return { ...loaded, contradiction, report, executed };
  };

  it("freezes at once the stake of a node that signed two records under one number", async () => {
    const { nexus, slashing, node, report } = await load();
    await nexus.write.deregister([node.peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    const hash = await report();
    const executableAt = (await timeOf(hash)) + BigInt(WINDOW_S);
    const reporter = getAddress(stranger.account.address);
    await assertions.emitWithArgs(Promise.resolve(hash), slashing, "Reported", [
      node.peerID,
      reporter,
      nodeRecordTopic,
      1n,
      executableAt,
    ]);
    expect(await slashing.read.reportOf([node.peerID])).to.deep.equal({ reporter, executableAt });
    await assertions.revertWithCustomErrorWithArgs(nexus.write.withdraw([node.peerID], asOperator), nexus, "Frozen", [
      executableAt + BigInt(GRACE_S),
    ]);
  });

  it("takes a tenth once the window is over; a tenth of it is the reporter's, the rest is burnt", async () => {
    const { nexus, slashing, node, report } = await load();
    await report();
    const { executableAt } = await slashing.read.reportOf([node.peerID]);
    await networkHelpers.time.setNextBlockTimestamp(executableAt - 1n);
    await assertions.revertWithCustomErrorWithArgs(slashing.write.execute([node.peerID]), slashing, "ChallengeOpen", [
      executableAt,
    ]);
    await networkHelpers.time.increaseTo(executableAt);
    const sent = slashing.write.execute([node.peerID], asOperator);
    await assertions.emitWithArgs(sent, slashing, "Executed", [
      node.peerID,
      getAddress(stranger.account.address),
      parseEther("1"),
      parseEther("9"),
    ]);
    await assertions.balancesHaveChanged(sent, [
      { address: nexus.address, amount: -parseEther("10") },
      { address: stranger.account.address, amount: parseEther("1") },
      { address: zeroAddress, amount: parseEther("9") },
      { address: slashing.address, amount: 0n },
    ]);
    expect((await nexus.read.nodes([node.peerID])).stake).to.equal(parseEther("90"));
    expect(await nexus.read.scoreOf([node.peerID])).to.equal(50);
    expect((await nexus.read.poolOf([node.peerID])).frozenUntil).to.equal(0n);
  });

  it("hits stake and unbonding alike, of operator and stakers", async () => {
    const { nexus, node, executed } = await load();
    const { pool } = await nexus.read.poolOf([node.peerID]);
    await nexus.write.stake([node.peerID, 0n], { ...asStranger, value: MINIMUM });
    await nexus.write.stake([node.peerID, 0n], { account: pauser.account, value: 7n });
    await nexus.write.unstake([pool, (MINIMUM / 2n) * PER_WEI], asStranger);
    await nexus.write.unstake([pool, 3n * PER_WEI], asPauser);
    await executed();
    const view = await nexus.read.stakerOf([pool, stranger.account.address]);
    expect(view.stake).to.equal(parseEther("45"));
    expect(view.unbondings.map(({ amount }) => amount)).to.deep.equal([parseEther("45")]);
    expect((await nexus.read.stakerOf([pool, operator.account.address])).stake).to.equal(parseEther("90"));

    await nexus.write.unstake([pool, (MINIMUM / 2n) * PER_WEI], asStranger);
    await networkHelpers.time.increase(UNBONDING_S);
    for (const [account, index] of [
      [stranger.account, 1n],
      [stranger.account, 0n],
      [pauser.account, 0n],
    ] as const) {
      await nexus.write.withdrawUnstaked([pool, index], { account });
    }
    const { shares } = await nexus.read.stakerOf([pool, pauser.account.address]);
    await nexus.write.unstake([pool, shares], asPauser);
    await nexus.write.deregister([node.peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdrawUnstaked([pool, 0n], asPauser);
    await nexus.write.withdraw([node.peerID], asOperator);
    const left = await publicClient.getBalance({ address: nexus.address });
    expect(left < 10n, `${left} wei left`).to.equal(true);
  });

  it("is dismissed by the pauser or the owner, which thaws the stake; the same contradiction does not count again", async () => {
    const { nexus, slashing, node, report } = await load();
    await report();
    await assertions.revertWithCustomErrorWithArgs(
      slashing.write.dismiss([node.peerID], asStranger),
      slashing,
      "NotGuardian",
      [getAddress(stranger.account.address)],
    );
    const sent = slashing.write.dismiss([node.peerID], asPauser);
    await assertions.emitWithArgs(sent, slashing, "Dismissed", [node.peerID, getAddress(pauser.account.address)]);
    expect((await nexus.read.poolOf([node.peerID])).frozenUntil).to.equal(0n);
    for (const attempt of [slashing.write.dismiss([node.peerID]), slashing.write.execute([node.peerID])]) {
      await assertions.revertWithCustomErrorWithArgs(attempt, slashing, "NotReported", [node.peerID]);
    }
    await assertions.revertWithCustomErrorWithArgs(report(), slashing, "AlreadyReported", [node.peerID]);
  });

  it("takes one report of a node at a time, and another contradiction after it", async () => {
    const { nexus, slashing, node, executed } = await load();
    const second = await contradictionOf(node, nexus.address, 2n);
    const third = await contradictionOf(node, nexus.address, 3n);
    await executed();
    await slashing.write.report([second], asStranger);
    await assertions.revertWithCustomErrorWithArgs(slashing.write.report([third]), slashing, "AlreadyReported", [
      node.peerID,
    ]);
  });

  it("thaws by itself when nobody carries the slash out", async () => {
    const { nexus, node, report } = await load();
    await nexus.write.deregister([node.peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    await report();
    await networkHelpers.time.increase(WINDOW_S + GRACE_S);
    await nexus.write.withdraw([node.peerID], asOperator);
  });

  it("freezes what stakers unbond, too", async () => {
    const { nexus, node, report } = await load();
    const { pool } = await nexus.read.poolOf([node.peerID]);
    await nexus.write.stake([node.peerID, 0n], { ...asStranger, value: 5n });
    await nexus.write.unstake([pool, 5n * PER_WEI], asStranger);
    await networkHelpers.time.increase(UNBONDING_S);
    await report();
    await assertions.revertWithCustomError(nexus.write.withdrawUnstaked([pool, 0n], asStranger), nexus, "Frozen");
  });

  it("decides by order when slash and withdrawal meet in one block", async () => {
    for (const slashFirst of [true, false]) {
      const { nexus, slashing, node, report } = await load();
      await nexus.write.deregister([node.peerID], asOperator);
      await report();
      await networkHelpers.time.increase(WINDOW_S + GRACE_S + UNBONDING_S);
      const slash = () => slashing.write.execute([node.peerID], { ...asStranger, gas: 500_000n });
      const withdraw = () => nexus.write.withdraw([node.peerID], { ...asOperator, gas: 500_000n });
      await networkHelpers.mine();
      await publicClient.request({ method: "evm_setAutomine" as never, params: [false] as never });
      const hashes = slashFirst ? [await slash(), await withdraw()] : [await withdraw(), await slash()];
      await networkHelpers.mine();
      await publicClient.request({ method: "evm_setAutomine" as never, params: [true] as never });
      const receipts = await Promise.all(hashes.map((hash) => publicClient.getTransactionReceipt({ hash })));
      expect(receipts.map(({ status }) => status)).to.deep.equal(
        slashFirst ? ["success", "success"] : ["success", "reverted"],
      );
      expect(await publicClient.getBalance({ address: nexus.address })).to.equal(0n);
    }
  });

  it("refuses what is no contradiction", async () => {
    const { nexus, slashing, node, contradiction, report } = await load();
    const stranger_ = createNode();
    await assertions.revertWithCustomError(report({ secondContentHash: one }), slashing, "NoContradiction");
    const foreign = await state({ ...stranger_, peerID: node.peerID }, nexus.address, { contentHash: other });
    await assertions.revertWithCustomError(report({ secondSignature: foreign }), slashing, "NoContradiction");
    const later = await state(node, nexus.address, { sequence: 2n, contentHash: other });
    await assertions.revertWithCustomError(report({ secondSignature: later }), slashing, "NoContradiction");
    const elsewhere = await state(node, nexus.address, { contentHash: other }, 137);
    await assertions.revertWithCustomError(report({ secondSignature: elsewhere }), slashing, "NoContradiction");
    for (const bad of ["0x", malleate(contradiction.secondSignature)] as const) {
      await assertions.revertWithCustomError(report({ secondSignature: bad }), slashing, "InvalidSignature");
    }
    await assertions.revertWithCustomError(
      report({ mlDsaKeyHash: stranger_.mlDsaKeyHash }),
      slashing,
      "PeerIdMismatch",
    );
  });

  it("refuses the contradiction of a node that nobody registered", async () => {
    const { nexus, slashing } = await load();
    const unknown = await contradictionOf(createNode(), nexus.address);
    await assertions.revertWithCustomError(slashing.write.report([unknown]), nexus, "NotRegistered");
  });

  it("burns the part of a reporter that takes no coins", async () => {
    const { nexus, slashing, node, contradiction } = await load();
    const { contract } = await contractOperator(nexus);
    await contract.write.setConduct([1, "0x"]);
    await networkHelpers.impersonateAccount(contract.address);
    await networkHelpers.setBalance(contract.address, parseEther("1"));
    await slashing.write.report([contradiction], { account: contract.address });
    await networkHelpers.time.increase(WINDOW_S);
    const sent = slashing.write.execute([node.peerID]);
    await assertions.emitWithArgs(sent, slashing, "Executed", [
      node.peerID,
      getAddress(contract.address),
      0n,
      parseEther("10"),
    ]);
  });

  it("is not set up with a reporter's part, a penalty or a window out of bounds, and takes no coins", async () => {
    const { nexus, slashing } = await load();
    for (const wrong of [
      [BigInt(8 * DAY_S), 1, 1],
      [1n, 10_001, 1],
      [1n, 1, 2_001],
    ] as const) {
      expect(await deploySlashing(nexus.address, wrong).catch(String)).to.include("InvalidParameters");
    }
    await assertions.revertWithCustomError(
      owner.sendTransaction({ to: slashing.address, value: 1n }),
      slashing,
      "NotGuardian",
    );
  });
});

describe("NodeNexus.slash and freeze", () => {
  it("are the slasher's alone, within bounds, whom governance names", async () => {
    const { nexus, node } = await networkHelpers.loadFixture(court);
    const { peerID } = node;
    for (const attempt of [nexus.write.slash([peerID, 1]), nexus.write.freeze([peerID, 0n])]) {
      await assertions.revertWithCustomErrorWithArgs(attempt, nexus, "NotSlasher", [getAddress(owner.account.address)]);
    }
    await assertions.revertWithCustomError(
      nexus.write.setSlasher([zeroAddress], asStranger),
      nexus,
      "OwnableUnauthorizedAccount",
    );
    await assertions.emit(nexus.write.setSlasher([owner.account.address]), nexus, "SlasherSet");
    expect(await nexus.read.slasher()).to.equal(getAddress(owner.account.address));
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.slash([peerID, 10_001]),
      nexus,
      "InvalidPenalty",
      [10_001, 10_000],
    );
    const now = BigInt(await networkHelpers.time.latest());
    await assertions.revertWithCustomError(
      nexus.write.freeze([peerID, now + BigInt(15 * DAY_S)]),
      nexus,
      "FreezeTooLong",
    );
    await assertions.revertWithCustomError(nexus.write.slash([createNode().peerID, 1]), nexus, "NotRegistered");
  });

  it("take everything at most, and leave shares that are worth nothing but can still go", async () => {
    const { nexus, node } = await networkHelpers.loadFixture(court);
    await nexus.write.setSlasher([owner.account.address]);
    const { pool } = await nexus.read.poolOf([node.peerID]);
    await nexus.write.stake([node.peerID, 0n], { ...asStranger, value: MINIMUM });
    await nexus.write.unstake([pool, 5n * PER_WEI], asStranger);
    // The owner's account takes what is slashed.
    await nexus.write.slash([node.peerID, 10_000]);
    const { shares } = await nexus.read.stakerOf([pool, stranger.account.address]);
    await nexus.write.unstake([pool, shares], asStranger);
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdrawUnstaked([pool, 1n], asStranger);
    await nexus.write.withdrawUnstaked([pool, 0n], asStranger);
    await nexus.write.deregister([node.peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdraw([node.peerID], asOperator);
    expect((await publicClient.getBalance({ address: nexus.address })) <= 1n).to.equal(true);
  });
});
