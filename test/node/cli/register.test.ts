import { expect } from "chai";
import { parseEther } from "viem";
import { account } from "../../harness/anvil.ts";
import { identityOf } from "../../harness/identities.ts";
import { type Operator, startOperator } from "./operator-fixture.ts";

const register = ["register", "--data", ".", "--type", "public", "--region", "europe", "--bandwidth", "100"];

describe("cli register on anvil", function () {
  this.timeout(60_000);
  this.slow(5_000);
  const operator = startOperator();
  const run = (args: readonly string[], changes?: NodeJS.ProcessEnv) => operator().run(args, changes);
  const fails: Operator["fails"] = (...call) => operator().fails(...call);

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
    const done = await run([...register, "--stake", "150.5", "--json"]);
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
