import { upgrades } from "@openzeppelin/hardhat-upgrades/viem";
import { expect } from "chai";
import hardhat from "hardhat";
import { getAddress, parseAbi } from "viem";
import { nodeNexusLibraries } from "../../contracts/generated/node-nexus-bytecode.ts";
import { initializeArguments } from "../../scripts/deploy/parameters.ts";
import {
  asOperator,
  asStranger,
  assertions,
  connection,
  deployImplementation,
  emptyNexus,
  MINIMUM,
  networkHelpers,
  nexusAt,
  operator,
  owner,
  publicClient,
  registerNode,
  stranger,
  viem,
} from "./fixture.ts";

const api = await upgrades(hardhat, connection);

/** The addresses do not matter to the validation. */
const libraries = Object.fromEntries(Object.keys(nodeNexusLibraries).map((name) => [name, owner.account.address]));
const uups = { kind: "uups", libraries } as const;

describe("NodeNexus upgrades", () => {
  const load = () => networkHelpers.loadFixture(emptyNexus);

  it("is safe behind a UUPS proxy", async () => {
    await api.validateImplementation("NodeNexus", uups);
  });

  it("accepts a next version that keeps the storage layout", async () => {
    await api.validateUpgrade("NodeNexus", "NodeNexusNext", uups);
  });

  it("catches a next version that would overwrite what is stored", async () => {
    const failure = await api.validateUpgrade("NodeNexus", "NodeNexusBadLayout", uups).catch(String);
    expect(failure).to.include("Upgraded `records` to an incompatible type");
  });

  it("keeps nodes, stakes and parameters", async () => {
    const { nexus } = await load();
    const { peerID } = await registerNode(nexus);
    const before = await nexus.read.nodes([peerID]);
    const next = await deployImplementation("NodeNexusNext");
    await nexus.write.upgradeToAndCall([next, "0x"]);
    const abi = parseAbi(["function nextVersion() view returns (bool)"]);
    expect(await publicClient.readContract({ ...nexus, abi, functionName: "nextVersion" })).to.equal(true);
    expect(await nexus.read.nodes([peerID])).to.deep.equal(before);
    await nexus.write.deregister([peerID], asOperator);
    expect((await nexus.read.unbondingOf([peerID]))[0]).to.equal(MINIMUM);
  });

  it("is the owner's alone", async () => {
    const { nexus } = await load();
    const next = await deployImplementation("NodeNexusNext");
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.upgradeToAndCall([next, "0x"], asStranger),
      nexus,
      "OwnableUnauthorizedAccount",
      [getAddress(stranger.account.address)],
    );
  });

  it("refuses an implementation that is not one", async () => {
    const { nexus } = await load();
    const index = await viem.deployContract("ScoreIndexHarness");
    await assertions.revertWithCustomError(
      nexus.write.upgradeToAndCall([index.address, "0x"]),
      nexus,
      "ERC1967InvalidImplementation",
    );
  });

  it("leaves the implementation itself without an owner and closed to set-up", async () => {
    const implementation = nexusAt(await deployImplementation());
    const initial = initializeArguments(operator.account.address, {});
    await assertions.revertWithCustomError(
      implementation.write.initialize([initial]),
      implementation,
      "InvalidInitialization",
    );
  });
});
