import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Address, createPublicClient, type Hex, http } from "viem";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { initializeArguments, surroundingsArguments } from "../../scripts/deploy/parameters.ts";
import { parseParameters } from "../../scripts/deploy/parameters-file.ts";
import { root } from "../../scripts/root.ts";
import { runNode } from "../../scripts/run-command.ts";
import { account, startTestChain } from "../harness/anvil.ts";

describe("docs/guides/contract-clients.md", function () {
  this.timeout(240_000);
  const chain = startTestChain();
  let address: Address;
  const known: string[] = [];
  before(async () => {
    address = await chain().deploy();
  });

  for (const library of ["viem", "ethers"]) {
    it(`reads the registry and registers a node with ${library}`, async () => {
      const env = { RPC_URL: chain().rpcUrl, NODE_NEXUS: address };
      const { ok, output } = await runNode([`docs/guides/${library}.ts`], { env });
      expect(ok, output).to.equal(true);
      expect(output).to.include("regions: north_america, south_america, europe,");
      expect(output).to.match(/stake of a public node: 100(\.0)? SHM, unbonding: 604800 s/);
      for (const peerID of known)
        expect(output).to.match(new RegExp(`relay ${peerID}: score 50, 100(\\.0)? SHM, 250 Mbit/s`));

      const peerID = (output.match(/registered (0x\w{40}): active/)?.[1] ?? "0x") as Hex;
      const client = createPublicClient({ transport: http(chain().rpcUrl) });
      const node = await client.readContract({ address, abi: nodeNexusAbi, functionName: "nodes", args: [peerID] });
      expect([node.active, node.operator]).to.deep.equal([true, account(0).address]);
      known.push(peerID);
    });
  }

  it("says what is missing where no contract is named", async () => {
    for (const library of ["viem", "ethers"]) {
      const { ok, output } = await runNode([`docs/guides/${library}.ts`], { env: { NODE_NEXUS: undefined } });
      expect(ok).to.equal(false);
      expect(output).to.include("Set NODE_NEXUS");
    }
  });
});

describe("docs/guides/deployment.md", () => {
  it("shows a file of parameters that is one, with the defaults that it says", async () => {
    const text = await readFile(join(root, "docs/guides/deployment.md"), "utf8");
    const yaml = text.match(/```yaml\n(.*?)```/s)?.[1] ?? "";
    const shown = parseParameters("deployment.md", yaml, true);
    const { timelock, pauser, backboneOperators, ...rest } = shown;
    const minimal = parseParameters("least.yaml", JSON.stringify({ timelock: { ...timelock }, pauser }), true);
    const deployer = account(0).address;
    expect(initializeArguments(deployer, { ...rest, pauser })).to.deep.equal(initializeArguments(deployer, minimal));
    expect(surroundingsArguments(rest)).to.deep.equal(surroundingsArguments(minimal));
    expect(backboneOperators).to.have.length(1);
  });
});
