import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { encryptKeystoreJsonSync } from "ethers";
import { type Address, bytesToHex, parseEther } from "viem";
import { createIdentityFile } from "../../../node/core/identity/index.ts";
import { account, startTestChain } from "../../harness/anvil.ts";
import { shadowmesh } from "../../harness/command.ts";
import { temporaryFolders } from "../../harness/folder.ts";
import { identityOf, seedOf } from "../../harness/identities.ts";

const register = ["register", "--data", ".", "--type", "public", "--region", "europe", "--bandwidth", "100"];

describe("cli register on anvil", function () {
  this.timeout(60_000);
  this.slow(5_000);
  const anvil = startTestChain();
  const newFolder = temporaryFolders();
  let nexusAddress: Address;
  let home: string;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    nexusAddress = await anvil().deploy();
    home = await newFolder();
    await createIdentityFile(home, seedOf(5));
    const { address, getHdKey } = account(1);
    const privateKey = bytesToHex(getHdKey().privateKey ?? new Uint8Array());
    // A keystore of real strength takes seconds to open; its own tests do that.
    const keystore = encryptKeystoreJsonSync({ address, privateKey }, "secret", { scrypt: { N: 2, r: 8, p: 1 } });
    await writeFile(join(home, "operator.json"), keystore);
    env = {
      SHADOWMESH_CHAIN_RPC_URL: anvil().rpcUrl,
      SHADOWMESH_CHAIN_NEXUS_ADDRESS: nexusAddress,
      SHADOWMESH_OPERATOR_PASSWORD: "secret",
    };
  });

  const fails = async (args: string[], code: string, changes: NodeJS.ProcessEnv = {}) => {
    const outcome = await shadowmesh(home, args, { env: { ...env, ...changes } });
    expect(outcome.code).to.equal(1);
    expect(outcome.stderr)
      .to.include(`(${code}`)
      .and.to.not.match(/\n\s+at /);
    return outcome.stderr;
  };

  it("says what the contract has against it, and which password or chain is wrong", async () => {
    expect(await fails([...register, "--stake", "1"], "STAKE_TOO_LOW")).to.match(/100 SHM/);
    const wrong = await fails(register, "KEYSTORE_UNREADABLE", { SHADOWMESH_OPERATOR_PASSWORD: "hunter2" });
    expect(wrong).to.not.include("hunter2");
    await fails(register, "WRONG_CHAIN", { SHADOWMESH_CHAIN_CHAIN_ID: "1" });
    const unknown = await fails(
      register.map((word) => (word === "europe" ? "atlantis" : word)),
      "REGION_NOT_OPEN",
    );
    expect(unknown).to.include("atlantis").and.to.include("asia_pacific");
    await fails(register, "VIEW_ONLY", { SHADOWMESH_HOSTING_VIEW_ONLY: "true" });
    await fails(register, "NO_CONTRACT", { SHADOWMESH_CHAIN_NEXUS_ADDRESS: "null" });
  });

  it("registers this node for the keystore's operator, with the stake that it was told", async () => {
    const done = await shadowmesh(home, [...register, "--stake", "150.5", "--json"], { env });
    expect(done.code, done.stderr).to.equal(0);
    const { transaction, registration } = JSON.parse(done.stdout);
    expect(transaction).to.match(/^0x[0-9a-f]{64}$/);
    expect(registration).to.include({
      peerId: identityOf(5).peerId,
      operator: account(1).address,
      nodeType: "light_public",
      region: "europe",
      stakeWei: parseEther("150.5").toString(),
      active: true,
    });
    expect(await fails(register, "TRANSACTION_REVERTED")).to.match(/registered/i);
  });
});
