import { expect } from "chai";
import { encodeFunctionData, type Hex, parseEther, zeroAddress, zeroHash } from "viem";
import { nexusTimelockAbi } from "../../contracts/generated/nexus-timelock.ts";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import {
  asOperator,
  asStranger,
  assertions,
  deploy,
  deployImplementation,
  emptyNexus,
  MINIMUM,
  networkHelpers,
  operator,
  owner,
  registerNode,
  stranger,
  timeOf,
  UNBONDING_S,
} from "./fixture.ts";

const DAY = 24n * 3600n;
const REACTION = 3n * DAY;
const SHORTEST = BigInt(UNBONDING_S) + REACTION;
const asProposer = { account: owner.account };

async function timelocked() {
  const { nexus } = await emptyNexus();
  const settings = [nexus.address, 0n, [owner.account.address], [zeroAddress]] as const;
  const timelock = await deploy("NexusTimelock", nexusTimelockAbi, settings);
  await nexus.write.transferOwnership([timelock.address]);
  await networkHelpers.impersonateAccount(timelock.address);
  await networkHelpers.setBalance(timelock.address, parseEther("1"));
  await nexus.write.acceptOwnership({ account: timelock.address });
  return { nexus, timelock };
}

describe("NexusTimelock", () => {
  const load = async () => {
    const { nexus, timelock } = await networkHelpers.loadFixture(timelocked);
    type Call = { target: Hex; data: Hex };
    const schedule = ({ target, data }: Call, delay: bigint) =>
      timelock.write.schedule([target, 0n, data, zeroHash, zeroHash, delay], asProposer);
    const execute = ({ target, data }: Call) =>
      timelock.write.execute([target, 0n, data, zeroHash, zeroHash], asStranger);
    const carryOut = async (call: Call) => {
      const delay = await timelock.read.getMinDelay();
      await schedule(call, delay);
      await networkHelpers.time.increase(delay);
      await execute(call);
    };
    const setPeriod = (period: bigint) => ({
      target: nexus.address,
      data: encodeFunctionData({ abi: nodeNexusAbi, functionName: "setUnbondingPeriod", args: [period] }),
    });
    return { nexus, timelock, schedule, execute, carryOut, setPeriod };
  };

  it("lets an operator and a staker who react within days leave with their coins before an upgrade", async () => {
    const { nexus, timelock, schedule, execute } = await load();
    const { peerID } = await registerNode(nexus);
    const { pool } = await nexus.read.poolOf([peerID]);
    await nexus.write.stake([peerID, 0n], { ...asStranger, value: MINIMUM });

    const next = await deployImplementation("NodeNexusNext");
    const data = encodeFunctionData({ abi: nodeNexusAbi, functionName: "upgradeToAndCall", args: [next, "0x"] });
    const upgrade = { target: nexus.address, data };
    const delay = await timelock.read.getMinDelay();
    const tooSoon = schedule(upgrade, delay - 1n);
    await assertions.revertWithCustomError(tooSoon, timelock, "TimelockInsufficientDelay");
    const scheduledAt = await timeOf(await schedule(upgrade, delay));

    await networkHelpers.time.increase(DAY);
    const { shares } = await nexus.read.stakerOf([pool, stranger.account.address]);
    await nexus.write.unstake([pool, shares], asStranger);
    await nexus.write.deregister([peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    const staker = nexus.write.withdrawUnstaked([pool, 0n], asStranger);
    await assertions.balancesHaveChanged(staker, [{ address: stranger.account.address, amount: MINIMUM }]);
    const left = nexus.write.withdraw([peerID], asOperator);
    await assertions.balancesHaveChanged(left, [{ address: operator.account.address, amount: MINIMUM }]);

    await networkHelpers.time.setNextBlockTimestamp(scheduledAt + delay - 1n);
    await assertions.revertWithCustomError(execute(upgrade), timelock, "TimelockUnexpectedOperationState");
    await networkHelpers.time.increaseTo(scheduledAt + delay);
    await execute(upgrade);
  });

  it("cannot be given a delay shorter than the unbonding period and the time to react", async () => {
    const { timelock, carryOut, schedule, setPeriod } = await load();
    const data = encodeFunctionData({ abi: nexusTimelockAbi, functionName: "updateDelay", args: [0n] });
    await carryOut({ target: timelock.address, data });
    expect(await timelock.read.REACTION_TIME()).to.equal(REACTION);
    expect(await timelock.read.getMinDelay()).to.equal(SHORTEST);
    const tooSoon = schedule(setPeriod(1n), BigInt(UNBONDING_S));
    await assertions.revertWithCustomError(tooSoon, timelock, "TimelockInsufficientDelay");
  });

  it("waits as long as the longest unbonding period that a node may have come under", async () => {
    const { nexus, timelock, carryOut, setPeriod } = await load();
    await carryOut(setPeriod(30n * DAY));
    expect(await timelock.read.getMinDelay()).to.equal(30n * DAY + REACTION);
    await carryOut(setPeriod(DAY));
    expect(await nexus.read.unbondingPeriod()).to.equal(DAY);
    expect(await timelock.read.getMinDelay()).to.equal(30n * DAY + REACTION);
  });

  it("may wait longer", async () => {
    const { timelock, carryOut } = await load();
    const data = encodeFunctionData({ abi: nexusTimelockAbi, functionName: "updateDelay", args: [60n * DAY] });
    await carryOut({ target: timelock.address, data });
    expect(await timelock.read.getMinDelay()).to.equal(60n * DAY);
  });

  it("leaves nobody in charge but itself", async () => {
    const { nexus } = await load();
    await assertions.revertWithCustomError(
      nexus.write.setUnbondingPeriod([1n], asProposer),
      nexus,
      "OwnableUnauthorizedAccount",
    );
  });
});
