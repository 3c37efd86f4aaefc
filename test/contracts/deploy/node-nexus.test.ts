import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { zeroAddress } from "viem";
import { nexusTimelockAbi } from "../../../contracts/generated/nexus-timelock.ts";
import { deployNodeNexus, readDeployment } from "../../../scripts/deploy/index.ts";
import { asOperator, networkHelpers, nexusAt, operator, owner, publicClient, registerNode } from "../fixture.ts";

describe("deployNodeNexus", () => {
  let folder: string;
  let deploymentFile: string;
  const clients = { publicClient, walletClient: owner };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "shadowmesh-deploy-"));
    deploymentFile = join(folder, "chain", "31337.json");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("deploys from the committed bytecode with the parameters given", async () => {
    const { nodeNexus, reused } = await deployNodeNexus({
      ...clients,
      parameters: { unbondingPeriodS: 60n, publicMinimumWei: 7n },
      backboneOperators: [operator.account.address],
    });
    const nexus = nexusAt(nodeNexus);
    expect(reused).to.equal(false);
    expect(await nexus.read.unbondingPeriod()).to.equal(60n);
    expect(await nexus.read.isApprovedBackbone([operator.account.address])).to.equal(true);
    const { peerID } = await registerNode(nexus, { value: 7n });
    await nexus.write.deregister([peerID], asOperator);
    await networkHelpers.time.increase(60);
    await nexus.write.withdraw([peerID], asOperator);
  });

  it("finds what it deployed before, and approves only who is not", async () => {
    const backboneOperators = [operator.account.address];
    const first = await deployNodeNexus({ ...clients, deploymentFile, backboneOperators });
    const block = await publicClient.getBlockNumber();
    const second = await deployNodeNexus({ ...clients, deploymentFile, backboneOperators });
    expect(second).to.deep.equal({ ...first, reused: true });
    expect(await publicClient.getBlockNumber()).to.equal(block);
  });

  it("deploys anew when the chain was wiped", async () => {
    const first = await deployNodeNexus({ ...clients, deploymentFile });
    await networkHelpers.setCode(first.nodeNexus, "0x");
    const second = await deployNodeNexus({ ...clients, deploymentFile });
    expect(second.reused).to.equal(false);
    expect((await readDeployment(deploymentFile))?.nodeNexus).to.equal(second.nodeNexus);
  });

  it("refuses a chain that runs another version, unless told to deploy anew", async () => {
    await deployNodeNexus({ ...clients, deploymentFile });
    const deployment = JSON.parse(await readFile(deploymentFile, "utf8"));
    await writeFile(
      deploymentFile,
      JSON.stringify({ ...deployment, codeHashes: { ...deployment.codeHashes, NodeNexus: "0x00" } }),
    );
    const failure = await deployNodeNexus({ ...clients, deploymentFile }).catch(String);
    expect(failure).to.include("upgrade it instead");
    expect((await deployNodeNexus({ ...clients, deploymentFile, ifStale: "redeploy" })).reused).to.equal(false);
  });

  it("deploys under a timelock whose delay is the unbonding period and the time to react, with backbones approved", async () => {
    const { nodeNexus, timelock = zeroAddress } = await deployNodeNexus({
      ...clients,
      deploymentFile,
      parameters: { backboneOperators: [operator.account.address] },
      timelock: { proposers: [operator.account.address], executors: [zeroAddress] },
    });
    const nexus = nexusAt(nodeNexus);
    expect(await nexus.read.owner()).to.equal(timelock);
    expect(await nexus.read.isApprovedBackbone([operator.account.address])).to.equal(true);
    const abi = nexusTimelockAbi;
    const delay = await publicClient.readContract({ address: timelock, abi, functionName: "getMinDelay" });
    const reaction = await publicClient.readContract({ address: timelock, abi, functionName: "REACTION_TIME" });
    expect(delay).to.equal((await nexus.read.unbondingPeriod()) + reaction);
    expect((await readDeployment(deploymentFile))?.timelock).to.equal(timelock);
  });

  it("refuses a file of another chain, and one that is no deployment", async () => {
    await deployNodeNexus({ ...clients, deploymentFile });
    const deployment = JSON.parse(await readFile(deploymentFile, "utf8"));
    await writeFile(deploymentFile, JSON.stringify({ ...deployment, chainId: 137 }));
    expect(await deployNodeNexus({ ...clients, deploymentFile }).catch(String)).to.include("of chain 137");
    await writeFile(deploymentFile, "{ half a fi");
    expect(await deployNodeNexus({ ...clients, deploymentFile }).catch(String)).to.include("is not a deployment file");
  });
});
