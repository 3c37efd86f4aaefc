import { expect } from "chai";
import hardhat from "hardhat";
import { type Address, type Hex, isAddressEqual, zeroAddress } from "viem";
import { nodeNexusLibraries } from "../../../contracts/generated/node-nexus-bytecode.ts";
import { relayPaymentsBytecode } from "../../../contracts/generated/relay-payments.ts";
import { implementationOf } from "../../../scripts/deploy/check.ts";
import { deploy } from "../../../scripts/deploy/deploy.ts";
import { readDeployment } from "../../../scripts/deploy/index.ts";
import { writeJson } from "../../../scripts/transactions/index.ts";
import { executeUpgrade, upgrade } from "../../../scripts/upgrade/index.ts";
import { account } from "../../harness/anvil.ts";
import { underCoverage } from "../fixture.ts";
import { governed, startAmoy } from "./amoy.ts";

/** The unbonding period, and three days to react. */
const DELAY_S = 10 * 24 * 3600;

describe("npm run upgrade", function () {
  this.timeout(240_000);
  const amoy = startAmoy();
  before(function () {
    // The probes in the next version make it larger than a chain takes.
    if (underCoverage) this.skip();
  });
  const [stranger, proposer] = [account(3), account(1)];

  /** A version of NodeNexus that only tests have. */
  async function mock(name: string) {
    const { bytecode } = await hardhat.artifacts.readArtifact(name);
    return { name, code: { bytecode: bytecode as Hex, libraries: nodeNexusLibraries } };
  }

  /** A deployment of its own, under a timelock or under the account itself. */
  async function deployed(name: string, parameters = governed) {
    await deploy({ ...(await amoy.options(proposer, name)), parameters });
    const file = amoy.path(`${name}/80002.json`);
    const read = async () => {
      const deployment = await readDeployment(file);
      if (!deployment) throw new Error("there is no deployment");
      return deployment;
    };
    const running = async (proxy: Address) => implementationOf((await amoy.options(stranger, name)).clients, proxy);
    return { file, read, running };
  }

  it("refuses a layout that would overwrite what is stored, before anything is sent", async () => {
    await deployed("bad");
    const options = await amoy.options(proposer, "bad");
    const nonce = await amoy.publicClient().getTransactionCount({ address: proposer.address });
    const next = await mock("NodeNexusBadLayout");
    const failure = await upgrade({ ...options, contract: "NodeNexus", next }).catch(String);
    expect(failure).to.include("Upgraded `records` to an incompatible type");
    const payments = { name: "RelayPaymentsBadLayout", code: { bytecode: relayPaymentsBytecode, libraries: {} } };
    const code = { ...payments.code, bytecode: `${relayPaymentsBytecode}00` as Hex };
    const other = await upgrade({ ...options, contract: "RelayPayments", next: { ...payments, code } }).catch(String);
    expect(other).to.include("Upgraded `accounts` to an incompatible type");
    expect(await amoy.publicClient().getTransactionCount({ address: proposer.address })).to.equal(nonce);
  });

  it("schedules in the timelock, waits for its delay, and lets anybody carry it out", async () => {
    const { read, running } = await deployed("timelock");
    const next = await mock("NodeNexusNext");
    const dry = await amoy.options(proposer, "timelock", { dryRun: true });
    await upgrade({ ...dry, contract: "NodeNexus", next });
    expect(dry.printed.join("\n")).to.match(/schedule\(target: 0x\w{40}, value: 0, data: 0x\w+.*delay: 864000\)/);
    expect((await read()).scheduled).to.equal(undefined);

    await upgrade({ ...(await amoy.options(proposer, "timelock")), contract: "NodeNexus", next });
    const { nodeNexus, implementation, scheduled } = await read();
    expect(await running(nodeNexus)).to.equal(implementation.toLowerCase());
    const impatient = executeUpgrade(await amoy.options(stranger, "timelock"));
    expect(await impatient.catch(String)).to.include("the timelock lets it through at");
    const twice = upgrade({ ...(await amoy.options(proposer, "timelock")), contract: "NodeNexus" });
    expect(await twice.catch(String)).to.include("an upgrade of NodeNexus waits already");

    await amoy.testClient().increaseTime({ seconds: DELAY_S });
    await amoy.testClient().mine({ blocks: 1 });
    await executeUpgrade(await amoy.options(stranger, "timelock"));
    expect(await running(nodeNexus)).to.equal(scheduled?.implementation.toLowerCase());
    const after = await read();
    expect(after.implementation).to.equal(scheduled?.implementation);
    expect(after.scheduled).to.equal(undefined);

    // And from there on, to the next: its layout is known too.
    await upgrade({ ...(await amoy.options(proposer, "timelock")), contract: "NodeNexus" });
    expect((await read()).scheduled?.contract).to.equal("NodeNexus");
  });

  it("prints the call for those who may propose, and carries it out once they have", async () => {
    const { read, running } = await deployed("multisig");
    const options = await amoy.options(stranger, "multisig");
    await upgrade({ ...options, contract: "NodeNexus", next: await mock("NodeNexusNext") });
    const [to, data] = ["to", "data"].map(
      (field) =>
        options.printed
          .findLast((line) => line.startsWith(`  ${field} `))
          ?.trim()
          .split(/ +/)[1] as Hex,
    );
    const early = executeUpgrade(await amoy.options(stranger, "multisig"));
    expect(await early.catch(String)).to.include("is not scheduled in the timelock");

    const { walletClient } = (await amoy.options(proposer, "multisig")).clients;
    const hash = await walletClient.sendTransaction({ to, data, chain: walletClient.chain, account: proposer });
    await amoy.publicClient().waitForTransactionReceipt({ hash });
    await amoy.testClient().increaseTime({ seconds: DELAY_S });
    await amoy.testClient().mine({ blocks: 1 });
    await executeUpgrade(await amoy.options(stranger, "multisig"));
    const { nodeNexus, implementation } = await read();
    expect(isAddressEqual(await running(nodeNexus), implementation)).to.equal(true);
  });

  it("upgrades at once where the account itself is the owner", async () => {
    const { file, read, running } = await deployed("owned", { pauser: account(2).address });
    const before = await read();
    // As if an earlier version of RelayPayments were there.
    await writeJson(file, { ...before, codeHashes: { ...before.codeHashes, RelayPayments: "0x00" } });
    await upgrade({ ...(await amoy.options(proposer, "owned")), contract: "RelayPayments" });
    const after = await read();
    expect(after.relayPaymentsImplementation).to.not.equal(before.relayPaymentsImplementation);
    expect(isAddressEqual(await running(after.relayPayments), after.relayPaymentsImplementation)).to.equal(true);
    expect(after.codeHashes).to.deep.equal(before.codeHashes);
  });

  it("does not trust a file that names another implementation than the proxy runs", async () => {
    const { file, read } = await deployed("moved");
    await writeJson(file, { ...(await read()), implementation: zeroAddress });
    const options = await amoy.options(proposer, "moved");
    const failure = await upgrade({ ...options, contract: "NodeNexus", next: await mock("NodeNexusNext") }).catch(
      String,
    );
    expect(failure).to.include("correct the file first");
  });
});
