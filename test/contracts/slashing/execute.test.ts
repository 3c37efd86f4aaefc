import { expect } from "chai";
import { getAddress, parseEther, zeroAddress } from "viem";
import {
  asOperator,
  asPauser,
  asStranger,
  assertions,
  contractOperator,
  MINIMUM,
  networkHelpers,
  operator,
  pauser,
  publicClient,
  stranger,
  UNBONDING_S,
} from "../fixture.ts";
import { GRACE_S, loadCourt, PER_WEI, WINDOW_S } from "./court.ts";

describe("Slashing.execute", () => {
  it("takes a tenth once the window is over; a tenth of it is the reporter's, the rest is burnt", async () => {
    const { nexus, slashing, node, report } = await loadCourt();
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
    const { nexus, node, executed } = await loadCourt();
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

  it("decides by order when slash and withdrawal meet in one block", async () => {
    for (const slashFirst of [true, false]) {
      const { nexus, slashing, node, report } = await loadCourt();
      await nexus.write.deregister([node.peerID], asOperator);
      await report();
      await networkHelpers.time.increase(WINDOW_S + GRACE_S + UNBONDING_S);
      const balances = async () => ({
        operator: await publicClient.getBalance({ address: operator.account.address }),
        burnt: await publicClient.getBalance({ address: zeroAddress }),
        nexus: await publicClient.getBalance({ address: nexus.address }),
      });
      const slash = () => slashing.write.execute([node.peerID], { ...asStranger, gas: 500_000n });
      const withdraw = () => nexus.write.withdraw([node.peerID], { ...asOperator, gas: 500_000n });
      await networkHelpers.mine();
      await publicClient.request({ method: "evm_setAutomine" as never, params: [false] as never });
      const before = await balances();
      const hashes = slashFirst ? [await slash(), await withdraw()] : [await withdraw(), await slash()];
      await networkHelpers.mine();
      await publicClient.request({ method: "evm_setAutomine" as never, params: [true] as never });
      const receipts = await Promise.all(hashes.map((hash) => publicClient.getTransactionReceipt({ hash })));
      expect(receipts.map(({ status }) => status)).to.deep.equal(
        slashFirst ? ["success", "success"] : ["success", "reverted"],
      );
      const after = await balances();
      expect(after.burnt - before.burnt).to.equal(slashFirst ? parseEther("9") : 0n);
      // Half a coin is more than the transaction's fee.
      const paid = after.operator - before.operator;
      const expected = parseEther(slashFirst ? "90" : "100");
      expect(paid > expected - parseEther("0.5") && paid <= expected, `${paid} paid`).to.equal(true);
      expect(after.nexus).to.equal(0n);
    }
  });

  it("burns the part of a reporter that takes no coins", async () => {
    const { nexus, slashing, node, contradiction } = await loadCourt();
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
});
