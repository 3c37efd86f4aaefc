import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { zeroAddress } from "viem";
import { type Deployment, deployNodeNexus } from "../../../scripts/deploy/index.ts";
import { runNode } from "../../../scripts/run-command.ts";
import { writeJson } from "../../../scripts/transactions/index.ts";
import { account, startTestChain } from "../../harness/anvil.ts";
import { underCoverage } from "../fixture.ts";
import { startSourcify } from "./sourcify.ts";

describe("npm run verify", function () {
  this.timeout(600_000);
  const chain = startTestChain({ chainId: 80002 });
  let folder: string;
  let file: string;
  let deployment: Deployment;
  let sourcify: Awaited<ReturnType<typeof startSourcify>>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "shadowmesh-verify-"));
    file = join(folder, "80002.json");
    const { reused: _, ...rest } = await deployNodeNexus({
      rpcUrl: chain().rpcUrl,
      account: account(0),
      timelock: { proposers: [account(0).address], executors: [zeroAddress] },
    });
    deployment = rest;
    sourcify = await startSourcify(chain().rpcUrl);
  });
  before(function () {
    // What Hardhat compiled last has probes in it, and is not what is committed.
    if (underCoverage) this.skip();
  });
  after(async () => {
    await sourcify?.close();
    await rm(folder, { recursive: true });
  });
  const verify = (...args: string[]) =>
    runNode(
      [
        ...["scripts/verify.ts", "--network", "amoy", "--rpc-url", chain().rpcUrl, "--deployments", folder],
        ...["--sourcify-url", sourcify.url, ...args],
      ],
      { env: { ETHERSCAN_API_KEY: undefined } },
    );

  it("names what the explorer does not take, and ends with an error", async () => {
    // As if the sources had moved on since.
    await writeJson(file, { ...deployment, reputation: deployment.slashing, slashing: deployment.reputation });
    const { code, output } = await verify();
    expect(code).to.equal(1);
    expect(output).to.include("sourcify did not take Reputation, Slashing");
    expect(sourcify.verified.size).to.equal(10);
  });

  it("publishes sources that compile to what is on chain, of every contract", async () => {
    await writeJson(file, deployment);
    const { code, output } = await verify();
    expect(code).to.equal(0);
    expect(output).to.include("All sources are published at sourcify.");
    const addresses = (await readFile(file, "utf8")).match(/"0x[0-9a-fA-F]{40}"/g) ?? [];
    expect([...sourcify.verified.keys()].sort()).to.deep.equal(addresses.map((quoted) => quoted.slice(1, -1)).sort());
  });

  it("says which key Etherscan wants", async () => {
    const { code, output } = await verify("--explorer", "etherscan");
    expect(code).to.equal(1);
    expect(output).to.include("set ETHERSCAN_API_KEY");
  });
});
