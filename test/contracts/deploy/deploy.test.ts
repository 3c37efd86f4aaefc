import { readdir, readFile } from "node:fs/promises";
import { expect } from "chai";
import { createWalletClient, custom, type Hex, parseEther, zeroAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import { deploy } from "../../../scripts/deploy/deploy.ts";
import type { RunOptions } from "../../../scripts/transactions/index.ts";
import { account } from "../../harness/anvil.ts";
import { governed, startAmoy } from "./amoy.ts";

const CONTRACTS = 12;

describe("npm run deploy", function () {
  this.timeout(240_000);
  const amoy = startAmoy();
  const nonceOf = (address: Hex) => amoy.publicClient().getTransactionCount({ address });

  /** An account of this test alone, so that its nonces tell what the test has sent. */
  async function deployer(balance = parseEther("100")) {
    const own = privateKeyToAccount(generatePrivateKey());
    await amoy.testClient().setBalance({ address: own.address, value: balance });
    return own;
  }

  it("prints each transaction at a dry run, with its gas, cost and address, and sends nothing", async () => {
    const from = await deployer();
    const block = await amoy.publicClient().getBlockNumber();
    const options = await amoy.options(from, "dry", { dryRun: true });
    expect(await deploy({ ...options, parameters: governed })).to.equal(undefined);
    const text = options.printed.join("\n");
    expect(options.printed.filter((line) => line.startsWith("  nonce "))).to.have.length(CONTRACTS);
    expect(text).to.match(/data {3}[\d,]+ bytes: initialize\(parameters: \{owner: 0x\w{40}, pauser: 0x\w{40}/);
    expect(text).to.match(/gas {4}[\d,]{9,}, 0\.\d+ POL/);
    expect(text).to.include("nothing was sent");
    expect(await amoy.publicClient().getBlockNumber({ cacheTime: 0 })).to.equal(block);
    expect(await readdir(amoy.path("dry")).catch(() => "nothing")).to.equal("nothing");

    const real = await amoy.options(from, "dry");
    const deployment = await deploy({ ...real, parameters: governed });
    for (const address of [deployment?.nodeNexus, deployment?.relayPayments, deployment?.timelock]) {
      expect(text).to.include(address);
    }
  });

  it("costs what the dry run said", async () => {
    const from = await deployer();
    const options = await amoy.options(from, "cost", { dryRun: true });
    await deploy({ ...options, parameters: governed });
    const said = options.printed.join("\n").match(/in all +([\d,]+) gas/)?.[1];
    await deploy({ ...(await amoy.options(from, "cost")), parameters: governed });
    let spent = 0n;
    const last = await amoy.publicClient().getBlockNumber({ cacheTime: 0 });
    for (let block = last; block > last - BigInt(CONTRACTS); block--) {
      spent += (await amoy.publicClient().getBlock({ blockNumber: block })).gasUsed;
    }
    // An estimate is found by halving, so it lies a little above.
    expect(Number(said?.replaceAll(",", "")) / Number(spent)).to.be.within(1, 1.02);
  });

  it("leaves the timelock in charge, and nothing to the deployer", async () => {
    const from = await deployer();
    const deployment = await deploy({ ...(await amoy.options(from, "governed")), parameters: governed });
    const nexus = { address: deployment?.nodeNexus ?? zeroAddress, abi: nodeNexusAbi } as const;
    const client = amoy.publicClient();
    expect(await client.readContract({ ...nexus, functionName: "owner" })).to.equal(deployment?.timelock);
    expect(await client.readContract({ ...nexus, functionName: "pauser" })).to.equal(account(2).address);
  });

  for (const lost of [1, 6, CONTRACTS]) {
    it(`goes on after a crash at transaction ${lost}, and deploys nothing twice`, async () => {
      const from = await deployer();
      const name = `crash-${lost}`;
      const options = await amoy.options(from, name);
      const { planned, clients } = losing(options, lost);
      const failure = await deploy({ ...options, clients, parameters: governed }).catch(String);
      expect(failure).to.include("the line went dead");
      expect(planned.sent).to.equal(lost);

      const again = await amoy.options(from, name);
      const deployment = await deploy({ ...again, parameters: governed });
      expect(await nonceOf(from.address)).to.equal(CONTRACTS);
      expect(again.printed.filter((line) => line.endsWith("there already"))).to.have.length(lost);
      expect(JSON.parse(await readFile(amoy.path(`${name}/80002.json`), "utf8"))).to.deep.equal(deployment);
      expect(await readdir(amoy.path(`${name}-journal`))).to.deep.equal([]);
    });
  }

  it("does not go on with other parameters than it began with", async () => {
    const from = await deployer();
    const options = await amoy.options(from, "other");
    const { clients } = losing(options, 3);
    await deploy({ ...options, clients, parameters: governed }).catch(() => undefined);
    const parameters = { ...governed, pauser: account(3).address };
    const failure = await deploy({ ...options, parameters }).catch(String);
    expect(failure).to.include("begun with other sources or parameters");
    expect(await nonceOf(from.address)).to.equal(3);
  });

  it("notices that the account has sent something else in between", async () => {
    const from = await deployer();
    const options = await amoy.options(from, "between");
    const { clients } = losing(options, 3);
    await deploy({ ...options, clients, parameters: governed }).catch(() => undefined);
    const { walletClient } = options.clients;
    await walletClient.sendTransaction({ to: from.address, account: from, chain: walletClient.chain });
    const failure = await deploy({ ...options, parameters: governed }).catch(String);
    expect(failure).to.include("took nonce 3");
  });

  it("sends nothing where the balance is too small, and says how much is missing", async () => {
    const from = await deployer(parseEther("0.0001"));
    const failure = await deploy({ ...(await amoy.options(from, "poor")), parameters: governed }).catch(String);
    expect(failure).to.match(/holds 0\.0001 POL.*Send it 0\.\d+ POL/);
    expect(await nonceOf(from.address)).to.equal(0);
  });

  it("names the transaction that would fail before it sends the first", async () => {
    const from = await deployer();
    const parameters = { ...governed, penaltyBps: 10_001 };
    const failure = await deploy({ ...(await amoy.options(from, "bad")), parameters }).catch(String);
    expect(failure).to.include("Slashing would fail");
    expect(await nonceOf(from.address)).to.equal(0);
  });

  it("sends nothing where the answer is no", async () => {
    const from = await deployer();
    const options = await amoy.options(from, "no", { confirm: async () => false });
    expect(await deploy({ ...options, parameters: governed })).to.equal(undefined);
    expect(await nonceOf(from.address)).to.equal(0);
  });

  /** The same clients, whose line goes dead right after a transaction was taken. */
  function losing({ clients }: RunOptions, lost: number) {
    const planned = { sent: 0 };
    const { publicClient, walletClient } = clients;
    const transport = custom(
      {
        async request({ method, params }) {
          const result = await publicClient.request({ method, params } as never);
          if (method !== "eth_sendRawTransaction") return result;
          planned.sent++;
          if (planned.sent === lost) throw new Error("the line went dead");
          return result;
        },
      },
      { retryCount: 0 },
    );
    const { chain, account: from } = walletClient;
    const unreliable = createWalletClient({ chain, account: from, transport });
    return { planned, clients: { publicClient, walletClient: unreliable as typeof walletClient } };
  }
});
