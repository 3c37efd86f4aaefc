import { readFile, writeFile } from "node:fs/promises";
import { expect } from "chai";
import { writeKeystore } from "../../../node/core/chain/index.ts";
import { readDeployment } from "../../../scripts/deploy/index.ts";
import { account } from "../../harness/anvil.ts";
import { startAmoy } from "./amoy.ts";

describe("the commands about a chain", function () {
  this.timeout(240_000);
  const amoy = startAmoy();
  const [deployer, governor] = [account(4), account(1)];
  const privateKey = `0x${Buffer.from(deployer.getHdKey().privateKey ?? []).toString("hex")}`;
  let keystore: string[];
  let parameters: string[];
  before(async () => {
    await writeKeystore(amoy.path("deployer.json"), "correct horse", privateKey);
    await writeFile(amoy.path("password"), "correct horse\n");
    keystore = ["--keystore", amoy.path("deployer.json"), "--password-file", amoy.path("password")];
    const lines = [
      `timelock: { proposers: ["${governor.address}"], executors: ["${governor.address}"], minDelayS: 864000 }`,
      `pauser: "${governor.address}"`,
      'publicMinimum: "25.5"',
    ];
    await writeFile(amoy.path("amoy.yaml"), lines.join("\n"));
    parameters = ["--parameters", amoy.path("amoy.yaml")];
  });

  for (const script of ["deploy", "upgrade", "verify"]) {
    it(`explain themselves, with examples: ${script}`, async () => {
      const { code, output } = await amoy.run(script, "--help");
      expect(code).to.equal(0);
      expect(output).to.include(`$ npm run ${script} -- --network amoy`);
    });
  }

  it("refuse a chain that is not the one named", async () => {
    const { code, output } = await amoy.run("deploy", "--network", "polygon", ...parameters, "--dry-run");
    expect(code).to.equal(1);
    expect(output).to.include("is of chain 80002, but polygon is chain 137");
  });

  it("want to know who governs a chain that others use", async () => {
    const { code, output } = await amoy.run("deploy", "--network", "amoy", "--dry-run");
    expect(code).to.equal(1);
    expect(output).to.include("Say who governs");
  });

  it("name each parameter that is wrong", async () => {
    await writeFile(amoy.path("wrong.yaml"), 'pauser: "0x12"\nstake: 5\npublicMinimum: 100\n');
    const wrong = ["--parameters", amoy.path("wrong.yaml")];
    const { code, output } = await amoy.run("deploy", "--network", "amoy", ...wrong, "--dry-run");
    expect(code).to.equal(1);
    for (const field of ["timelock", "pauser", "stake", "publicMinimum"]) expect(output).to.include(field);
  });

  it("need no password for a dry run, and do not send without being told to where they cannot ask", async () => {
    const dry = await amoy.run(
      "deploy",
      "--network",
      "amoy",
      "--keystore",
      amoy.path("deployer.json"),
      ...parameters,
      "--dry-run",
    );
    expect(dry.output).to.include(deployer.address);
    expect(dry.code).to.equal(0);
    const { code, output } = await amoy.run("deploy", "--network", "amoy", ...keystore, ...parameters);
    expect(code).to.equal(1);
    expect(output).to.include("give --yes");
    expect(await amoy.publicClient().getTransactionCount({ address: deployer.address })).to.equal(0);
  });

  it("deploy from an encrypted keystore, once", async () => {
    const args = ["--network", "amoy", ...keystore, ...parameters, "--yes"];
    const first = await amoy.run("deploy", ...args);
    expect(first.output).to.include("Deployed, read back, and written to");
    const file = amoy.path("command/80002.json");
    const deployment = await readDeployment(file);
    expect(first.output).to.include(deployment?.nodeNexus);
    expect(await readFile(file, "utf8")).not.to.include(privateKey.slice(2));
    const second = await amoy.run("deploy", ...args);
    expect(second.output).to.include("Everything is deployed already");
    expect(await amoy.publicClient().getTransactionCount({ address: deployer.address })).to.equal(12);
  });

  it("upgrade only where there is something to upgrade", async () => {
    const { code, output } = await amoy.run("upgrade", "--network", "amoy", ...keystore, "--dry-run");
    expect(code).to.equal(1);
    expect(output).to.include("NodeNexus on chain is what these sources are");
  });
});
