import { expect } from "chai";
import { encodeFunctionData, getContract, type Hex, keccak256, toHex, zeroAddress, zeroHash } from "viem";
import { nexusTimelockAbi } from "../../contracts/generated/nexus-timelock.ts";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { relayPaymentsAbi } from "../../contracts/generated/relay-payments.ts";
import { reputationAbi, reputationBytecode } from "../../contracts/generated/reputation.ts";
import {
  asPauser,
  asStranger,
  BACKBONE_AUTH,
  deployImplementation,
  EUROPE,
  LIGHT_PUBLIC,
  networkHelpers,
  operator,
  owner,
  publicClient,
  stranger,
} from "../contracts/fixture.ts";
import { deploySlashing } from "../contracts/slashing/court.ts";
import { expectAgreement } from "./agreement.ts";
import { type Network, openNetwork } from "./network.ts";
import { change, registerBackbones, section, submitScores } from "./quorum.ts";

type Call = { to: Hex; data: Hex };
const salt = keccak256(toHex("salt"));

const batchOf = (calls: readonly Call[]) =>
  [calls.map(({ to }) => to), calls.map(() => 0n), calls.map(({ data }) => data), zeroHash, salt] as const;

async function schedule({ timelock }: Network, calls: readonly Call[]) {
  const delay = await timelock.read.getMinDelay();
  await timelock.write.scheduleBatch([...batchOf(calls), delay]);
  return { id: await timelock.read.hashOperationBatch(batchOf(calls)), delay };
}

/** Carries calls out through the timelock, and compares each step. */
async function carryOut(network: Network, calls: readonly Call[]): Promise<Hex> {
  const { id, delay } = await schedule(network, calls);
  await networkHelpers.time.increase(delay);
  await network.timelock.write.executeBatch([...batchOf(calls)], asStranger);
  await expectAgreement(network);
  return id;
}

describe("subgraph/governance", () => {
  it("follows every parameter of the registry", async () => {
    const network = await openNetwork();
    const { nexus } = network;
    const call = (data: Hex): Call => ({ to: nexus.address, data });
    const [moon, account] = [toHex("moon", { size: 32 }), operator.account.address];
    const abi = nodeNexusAbi;
    await carryOut(network, [
      call(encodeFunctionData({ abi, functionName: "setMinimumStake", args: [LIGHT_PUBLIC, 7n] })),
      call(encodeFunctionData({ abi, functionName: "setMinimumStake", args: [BACKBONE_AUTH, 9n] })),
      call(encodeFunctionData({ abi, functionName: "setUnbondingPeriod", args: [3_600n] })),
      call(encodeFunctionData({ abi, functionName: "setRelayPricePerGiB", args: [5n] })),
      call(encodeFunctionData({ abi, functionName: "setRegion", args: [moon, true] })),
      call(encodeFunctionData({ abi, functionName: "setBackboneApproval", args: [account, false] })),
      call(encodeFunctionData({ abi, functionName: "setPauser", args: [stranger.account.address] })),
    ]);
    expect((await network.entity("Region", moon)).name).to.equal("moon");
    const close = encodeFunctionData({ abi, functionName: "setRegion", args: [moon, false] });
    await carryOut(network, [call(close)]);
    const regionSet = (await network.all("GovernanceEvent")).filter(({ subject }) => subject === "moon");
    expect(regionSet.map(({ name, value }) => [name, value])).to.deep.equal([
      ["RegionSet", "true"],
      ["RegionSet", "false"],
    ]);
  });

  it("tells who stops entries, and that they are open again", async () => {
    const network = await openNetwork();
    await network.nexus.write.pause(asPauser);
    await expectAgreement(network);
    await network.nexus.write.unpause(asPauser);
    await expectAgreement(network);
  });

  it("follows a new scorer and a new slasher from the moment they are named, each once", async () => {
    const network = await openNetwork();
    const { nexus } = network;
    const hash = await owner.deployContract({
      abi: reputationAbi,
      bytecode: reputationBytecode,
      args: [nexus.address, 60n],
    });
    const scorer = (await publicClient.getTransactionReceipt({ hash })).contractAddress ?? zeroAddress;
    const { address: slasher } = await deploySlashing(nexus.address);
    const name = (functionName: "setScorer" | "setSlasher", address: Hex) => ({
      to: nexus.address,
      data: encodeFunctionData({ abi: nodeNexusAbi, functionName, args: [address] }),
    });
    await carryOut(network, [name("setScorer", scorer), name("setSlasher", slasher)]);
    await carryOut(network, [name("setScorer", zeroAddress), name("setScorer", scorer)]);
    const named = (await network.all("NamedContract")).map(({ role, address }) => [role, address]);
    expect(named).to.deep.equal([
      ["scorer", network.reputation.address.toLowerCase()],
      ["slasher", network.slashing.address.toLowerCase()],
      ["scorer", scorer.toLowerCase()],
      ["slasher", slasher.toLowerCase()],
    ]);
    const reputation = getContract({
      address: scorer,
      abi: reputationAbi,
      client: { public: publicClient, wallet: owner },
    });
    const backbones = await registerBackbones(network);
    await submitScores({ ...network, reputation }, backbones, [section(EUROPE, BACKBONE_AUTH, change(1, 55))]);
    await expectAgreement({ ...network, reputation });
    expect((await network.all("ScoreChange")).map(({ to }) => to)).to.deep.equal([55]);
  });

  it("tells an upgrade, and a change of owner in its two steps", async () => {
    const network = await openNetwork();
    const { nexus, payments } = network;
    const implementation = await deployImplementation("NodeNexusNext");
    const abi = nodeNexusAbi;
    await carryOut(network, [
      {
        to: nexus.address,
        data: encodeFunctionData({ abi, functionName: "upgradeToAndCall", args: [implementation, "0x"] }),
      },
      {
        to: nexus.address,
        data: encodeFunctionData({ abi, functionName: "transferOwnership", args: [stranger.account.address] }),
      },
      {
        to: payments.address,
        data: encodeFunctionData({
          abi: relayPaymentsAbi,
          functionName: "transferOwnership",
          args: [owner.account.address],
        }),
      },
    ]);
    const pendingOwner = stranger.account.address;
    const address = implementation.toLowerCase();
    expect(await network.entity("Registry", "nexus")).to.deep.include({ pendingOwner, implementation: address });
    expect((await network.entity("Payments", "payments")).pendingOwner).to.equal(owner.account.address);
    await nexus.write.acceptOwnership(asStranger);
    await payments.write.acceptOwnership();
    await expectAgreement(network);
    expect(await network.entity("Registry", "nexus")).to.deep.include({ pendingOwner: null, owner: pendingOwner });
    const upgrades = (await network.all("GovernanceEvent")).filter(({ name }) => name === "Upgraded");
    expect(upgrades.at(-1)?.value).to.equal(address);
  });

  it("shows what waits in the timelock, until it is cancelled or executed", async () => {
    const network = await openNetwork();
    const { nexus, timelock } = network;
    const data = encodeFunctionData({ abi: nodeNexusAbi, functionName: "setRelayPricePerGiB", args: [5n] });
    const calls = [
      { to: nexus.address, data },
      { to: nexus.address, data },
    ];
    const { id } = await schedule(network, calls);
    const pending = await network.entity("TimelockOperation", id);
    expect(pending).to.deep.include({ status: "PENDING", salt, predecessor: zeroHash });
    expect(pending.readyAt).to.equal(await timelock.read.getTimestamp([id]));
    await timelock.write.cancel([id]);
    expect((await network.entity("TimelockOperation", id)).status).to.equal("CANCELLED");
    expect(await carryOut(network, calls)).to.equal(id);
    expect(await network.entity("TimelockOperation", id)).to.deep.include({ status: "DONE" });
    const known = await network.all("TimelockCall");
    expect(known.map(({ target, executed }) => [target, executed])).to.deep.equal(
      calls.map(({ to }) => [to.toLowerCase(), true]),
    );
  });

  it("knows the timelock's roles and its own delay, from its constructor on", async () => {
    const network = await openNetwork();
    const { timelock } = network;
    const to = timelock.address;
    const canceller = await timelock.read.CANCELLER_ROLE();
    const account = stranger.account.address;
    const abi = nexusTimelockAbi;
    await carryOut(network, [
      { to, data: encodeFunctionData({ abi, functionName: "grantRole", args: [canceller, account] }) },
      { to, data: encodeFunctionData({ abi, functionName: "revokeRole", args: [canceller, owner.account.address] }) },
      { to, data: encodeFunctionData({ abi, functionName: "updateDelay", args: [90n * 24n * 3_600n] }) },
    ]);
    const roles = await network.all("TimelockRole");
    expect(roles.length).to.be.greaterThan(3);
    for (const { role, account: holder, granted } of roles) {
      expect(await timelock.read.hasRole([role as Hex, holder as Hex])).to.equal(granted);
    }
    expect((await network.entity("Timelock", to)).minDelay).to.equal(await timelock.read.getMinDelay());
  });
});
