import { expect } from "chai";
import { getAddress, parseEther, stringToHex, zeroAddress } from "viem";
import { regions } from "../../node/core/vocabulary.ts";
import { initializeArguments, regionId } from "../../scripts/deploy/parameters.ts";
import {
  asStranger,
  assertions,
  BACKBONE_AUTH,
  deployNexus,
  EUROPE,
  emptyNexus,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  MINIMUM,
  networkHelpers,
  operator,
  owner,
  pauser,
  registerNode,
  stranger,
  UNBONDING_S,
} from "./fixture.ts";

describe("NodeNexus parameters", () => {
  const load = () => networkHelpers.loadFixture(emptyNexus);

  it("start with 100 SHM for public and backbone nodes, seven days and seven regions", async () => {
    const { nexus } = await load();
    expect(await nexus.read.minimumStake([LIGHT_PUBLIC])).to.equal(MINIMUM);
    expect(await nexus.read.minimumStake([BACKBONE_AUTH])).to.equal(MINIMUM);
    expect(await nexus.read.minimumStake([LIGHT_PRIVATE])).to.equal(0n);
    expect(await nexus.read.unbondingPeriod()).to.equal(BigInt(UNBONDING_S));
    expect(await nexus.read.relayPricePerGiB()).to.equal(parseEther("0.01"));
    expect(await nexus.read.regions()).to.deep.equal(regions.map(regionId));
    expect(await nexus.read.owner()).to.equal(getAddress(owner.account.address));
    expect(await nexus.read.pauser()).to.equal(getAddress(pauser.account.address));
  });

  it("sign under the domain that the daemon expects", async () => {
    const { nexus } = await load();
    const [, name, version, chainId, verifyingContract] = await nexus.read.eip712Domain();
    expect({ name, version, chainId, verifyingContract }).to.deep.equal({
      name: "ShadowMesh NodeNexus",
      version: "1",
      chainId: 31337n,
      verifyingContract: getAddress(nexus.address),
    });
  });

  it("are the owner's alone", async () => {
    const { nexus } = await load();
    for (const attempt of [
      nexus.write.setMinimumStake([LIGHT_PUBLIC, 1n], asStranger),
      nexus.write.setUnbondingPeriod([1n], asStranger),
      nexus.write.setRelayPricePerGiB([1n], asStranger),
      nexus.write.setRegion([EUROPE, false], asStranger),
      nexus.write.setPauser([stranger.account.address], asStranger),
    ]) {
      await assertions.revertWithCustomError(attempt, nexus, "OwnableUnauthorizedAccount");
    }
  });

  it("name the first backbones' operators", async () => {
    const nexus = await deployNexus({ backboneOperators: [stranger.account.address] });
    expect(await nexus.read.isApprovedBackbone([stranger.account.address])).to.equal(true);
    expect(await nexus.read.isApprovedBackbone([operator.account.address])).to.equal(false);
  });

  it("remember the longest unbonding period there was", async () => {
    const { nexus } = await networkHelpers.loadFixture(emptyNexus);
    await nexus.write.setUnbondingPeriod([BigInt(2 * UNBONDING_S)]);
    await nexus.write.setUnbondingPeriod([1n]);
    expect(await nexus.read.longestUnbondingPeriod()).to.equal(BigInt(2 * UNBONDING_S));
  });

  it("apply to the registrations that follow", async () => {
    const { nexus } = await load();
    const sent = nexus.write.setMinimumStake([LIGHT_PUBLIC, 5n]);
    await assertions.emitWithArgs(sent, nexus, "MinimumStakeSet", [LIGHT_PUBLIC, 5n]);
    await registerNode(nexus, { value: 5n });
    await assertions.revertWithCustomErrorWithArgs(registerNode(nexus, { value: 4n }), nexus, "StakeTooLow", [4n, 5n]);
    await nexus.write.setMinimumStake([BACKBONE_AUTH, 6n]);
    expect(await nexus.read.minimumStake([BACKBONE_AUTH])).to.equal(6n);
  });

  it("ask no stake of private nodes, and none that cannot be held", async () => {
    const { nexus } = await load();
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.setMinimumStake([LIGHT_PRIVATE, 1n]),
      nexus,
      "NoMinimumFor",
      [LIGHT_PRIVATE],
    );
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.setMinimumStake([LIGHT_PUBLIC, 2n ** 80n]),
      nexus,
      "AmountTooLarge",
      [2n ** 80n, 2n ** 80n - 1n],
    );
  });

  it("keep the unbonding period between a second and 90 days", async () => {
    const { nexus } = await load();
    const longest = 90n * 24n * 3600n;
    for (const period of [0n, longest + 1n]) {
      await assertions.revertWithCustomErrorWithArgs(
        nexus.write.setUnbondingPeriod([period]),
        nexus,
        "InvalidUnbondingPeriod",
        [period, longest],
      );
    }
    for (const period of [1n, longest]) {
      const sent = nexus.write.setUnbondingPeriod([period]);
      await assertions.emitWithArgs(sent, nexus, "UnbondingPeriodSet", [period]);
    }
  });

  it("set the price of relaying, from nothing to what fits, and tell it", async () => {
    const { nexus } = await load();
    const highest = 2n ** 96n - 1n;
    for (const price of [0n, highest]) {
      await assertions.emitWithArgs(nexus.write.setRelayPricePerGiB([price]), nexus, "RelayPriceSet", [price]);
      expect(await nexus.read.relayPricePerGiB()).to.equal(price);
    }
    expect(await nexus.read.pauser()).to.equal(getAddress(pauser.account.address));
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.setRelayPricePerGiB([highest + 1n]),
      nexus,
      "AmountTooLarge",
      [highest + 1n, highest],
    );
  });

  it("take new regions, close and reopen them", async () => {
    const { nexus } = await load();
    const antarctica = regionId("antarctica");
    await assertions.emitWithArgs(nexus.write.setRegion([antarctica, true]), nexus, "RegionSet", [antarctica, true]);
    await registerNode(nexus, { region: antarctica });
    await nexus.write.setRegion([antarctica, false]);
    expect(await nexus.read.regions()).to.deep.equal(regions.map(regionId));
    expect(await nexus.read.nodeCount([antarctica, LIGHT_PUBLIC])).to.equal(1n);
    await nexus.write.setRegion([antarctica, true]);
    expect(await nexus.read.regions()).to.deep.equal([...regions, "antarctica"].map(regionId));
  });

  it("refuse a region without a name, and the 256th", async () => {
    const names = Array.from({ length: 255 }, (_, i) => `region_${i}`);
    const nexus = await deployNexus({ regions: names });
    await assertions.revertWithCustomError(
      nexus.write.setRegion([stringToHex("", { size: 32 }), true]),
      nexus,
      "UnknownRegion",
    );
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.setRegion([regionId("one_more"), true]),
      nexus,
      "TooManyRegions",
      [255n],
    );
    const { peerID } = await registerNode(nexus, { region: regionId("region_254") });
    expect((await nexus.read.nodes([peerID])).region).to.equal(regionId("region_254"));
  });

  it("pass to a new owner only when that one accepts", async () => {
    const { nexus } = await load();
    await nexus.write.transferOwnership([stranger.account.address]);
    expect(await nexus.read.owner()).to.equal(getAddress(owner.account.address));
    await nexus.write.acceptOwnership(asStranger);
    expect(await nexus.read.owner()).to.equal(getAddress(stranger.account.address));
  });

  it("cannot be set up twice, nor for nobody", async () => {
    const { nexus } = await load();
    const initial = initializeArguments(stranger.account.address, {});
    await assertions.revertWithCustomError(
      nexus.write.initialize([initial], asStranger),
      nexus,
      "InvalidInitialization",
    );
    await assertions.revertWithCustomError(
      deployNexus({ owner: zeroAddress }).then(() => EUROPE),
      nexus,
      "OwnableInvalidOwner",
    );
  });
});
