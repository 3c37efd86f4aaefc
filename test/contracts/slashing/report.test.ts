import { expect } from "chai";
import { getAddress } from "viem";
import { nodeRecordTopic } from "../../../node/core/records/statement.ts";
import {
  asOperator,
  asPauser,
  asStranger,
  assertions,
  createNode,
  deployNexus,
  malleate,
  networkHelpers,
  owner,
  pauser,
  registerNode,
  stranger,
  timeOf,
  UNBONDING_S,
} from "../fixture.ts";
import {
  contradictionOf,
  DAY_S,
  deploySlashing,
  GRACE_S,
  loadCourt,
  one,
  other,
  PER_WEI,
  state,
  WINDOW_S,
} from "./court.ts";

describe("Slashing.report", () => {
  it("freezes at once the stake of a node that signed two records under one number", async () => {
    const { nexus, slashing, node, report } = await loadCourt();
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

  it("is dismissed by the pauser or the owner, which thaws the stake; the same contradiction does not count again", async () => {
    const { nexus, slashing, node, report } = await loadCourt();
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
    const { nexus, slashing, node, executed } = await loadCourt();
    const second = await contradictionOf(node, nexus.address, 2n);
    const third = await contradictionOf(node, nexus.address, 3n);
    await executed();
    await slashing.write.report([second], asStranger);
    await assertions.revertWithCustomErrorWithArgs(slashing.write.report([third]), slashing, "AlreadyReported", [
      node.peerID,
    ]);
  });

  it("thaws by itself when nobody carries the slash out", async () => {
    const { nexus, node, report } = await loadCourt();
    await nexus.write.deregister([node.peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    await report();
    await networkHelpers.time.increase(WINDOW_S + GRACE_S);
    await nexus.write.withdraw([node.peerID], asOperator);
  });

  it("freezes what stakers unbond, too", async () => {
    const { nexus, node, report } = await loadCourt();
    const { pool } = await nexus.read.poolOf([node.peerID]);
    await nexus.write.stake([node.peerID, 0n], { ...asStranger, value: 5n });
    await nexus.write.unstake([pool, 5n * PER_WEI], asStranger);
    await networkHelpers.time.increase(UNBONDING_S);
    await report();
    await assertions.revertWithCustomError(nexus.write.withdrawUnstaked([pool, 0n], asStranger), nexus, "Frozen");
  });

  it("refuses what is no contradiction", async () => {
    const { nexus, slashing, node, contradiction, report } = await loadCourt();
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

  it("refuses statements made for another proxy of the same code, where the same node is registered", async () => {
    const { nexus, slashing, node } = await loadCourt();
    const twin = await deployNexus();
    await registerNode(twin, { node });
    const contradiction = await contradictionOf(node, twin.address);
    await assertions.revertWithCustomError(slashing.write.report([contradiction]), slashing, "NoContradiction");
    const twinSlashing = await deploySlashing(twin.address);
    await twin.write.setSlasher([twinSlashing.address]);
    await assertions.emit(twinSlashing.write.report([contradiction]), twinSlashing, "Reported");
    expect((await nexus.read.poolOf([node.peerID])).frozenUntil).to.equal(0n);
  });

  it("refuses the contradiction of a node that nobody registered", async () => {
    const { nexus, slashing } = await loadCourt();
    const unknown = await contradictionOf(createNode(), nexus.address);
    await assertions.revertWithCustomError(slashing.write.report([unknown]), nexus, "NotRegistered");
  });

  it("is not set up with a reporter's part, a penalty or a window out of bounds, and takes no coins", async () => {
    const { nexus, slashing } = await loadCourt();
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
