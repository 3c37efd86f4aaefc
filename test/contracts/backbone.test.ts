import { expect } from "chai";
import { getAddress, zeroAddress } from "viem";
import {
  asOperator,
  asStranger,
  assertions,
  BACKBONE_AUTH,
  EUROPE,
  emptyNexus,
  LIGHT_PUBLIC,
  MINIMUM,
  networkHelpers,
  OCEANIA,
  operator,
  registerNode,
  UNBONDING_S,
} from "./fixture.ts";

const load = async () => {
  const { nexus } = await networkHelpers.loadFixture(emptyNexus);
  await nexus.write.setBackboneApproval([operator.account.address, true]);
  return { nexus, ...(await registerNode(nexus, { nodeType: BACKBONE_AUTH })) };
};

describe("NodeNexus.setBackboneApproval", () => {
  it("is the owner's alone and tells what it did", async () => {
    const { nexus } = await load();
    const { address } = operator.account;
    await assertions.revertWithCustomError(
      nexus.write.setBackboneApproval([address, true], asStranger),
      nexus,
      "OwnableUnauthorizedAccount",
    );
    expect(await nexus.read.isApprovedBackbone([address])).to.equal(true);
    const sent = nexus.write.setBackboneApproval([address, false]);
    await assertions.emitWithArgs(sent, nexus, "BackboneApprovalSet", [getAddress(address), false]);
    expect(await nexus.read.isApprovedBackbone([address])).to.equal(false);
  });

  it("rejects the zero address", async () => {
    const { nexus } = await load();
    await assertions.revertWithCustomError(
      nexus.write.setBackboneApproval([zeroAddress, true]),
      nexus,
      "InvalidAddress",
    );
  });

  it("opens the role only to approved operators with the minimum stake", async () => {
    const { nexus } = await networkHelpers.loadFixture(emptyNexus);
    const attempt = (value: bigint) => registerNode(nexus, { nodeType: BACKBONE_AUTH, value });
    await assertions.revertWithCustomErrorWithArgs(attempt(MINIMUM), nexus, "BackboneNotApproved", [
      getAddress(operator.account.address),
    ]);
    await nexus.write.setBackboneApproval([operator.account.address, true]);
    await assertions.revertWithCustomErrorWithArgs(attempt(1n), nexus, "StakeTooLow", [1n, MINIMUM]);
    const { peerID } = await attempt(MINIMUM);
    expect(await nexus.read.getBackboneNodes([EUROPE])).to.deep.equal([peerID]);
    expect(await nexus.read.getBackboneNodes([OCEANIA])).to.deep.equal([]);
  });

  it("takes a revoked operator's nodes out of the look-up at once and lets them leave with their stake", async () => {
    const { nexus, peerID } = await load();
    await nexus.write.setBackboneApproval([operator.account.address, false]);
    expect(await nexus.read.getBackboneNodes([EUROPE])).to.deep.equal([]);
    await nexus.write.deregister([peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S);
    const sent = nexus.write.withdraw([peerID], asOperator);
    await assertions.balancesHaveChanged(sent, [{ address: operator.account.address, amount: MINIMUM }]);
  });
});

describe("NodeNexus.setEndpoint", () => {
  const longest = `https://${"a".repeat(248)}`;

  for (const endpoint of [
    "http://10.0.0.1:8080",
    "https://EU-1.backbone.example/api/v1",
    "http://[2001:db8::1]",
    "https://eu_1.example/~api%20v1",
    longest,
  ]) {
    it(`publishes ${endpoint.length > 50 ? "a URL of 256 bytes" : endpoint}`, async () => {
      const { nexus, peerID } = await load();
      const sent = nexus.write.setEndpoint([peerID, endpoint], asOperator);
      await assertions.emitWithArgs(sent, nexus, "EndpointSet", [peerID, endpoint]);
      expect(await nexus.read.endpointOf([peerID])).to.equal(endpoint);
    });
  }

  for (const endpoint of [
    "http:/",
    "https:/",
    "eu-1.backbone.example",
    "ftp://eu-1.backbone.example",
    "http://",
    "https:///path",
    "https://a b",
    'https://a"onload=',
    "https://<script>",
    "https://user@host",
    "https://host?query",
    "https://host#part",
    "https://hôte",
    `${longest}a`,
  ]) {
    it(`rejects ${endpoint.length > 50 ? "a URL of 257 bytes" : endpoint}`, async () => {
      const { nexus, peerID } = await load();
      await assertions.revertWithCustomErrorWithArgs(
        nexus.write.setEndpoint([peerID, endpoint], asOperator),
        nexus,
        "InvalidEndpoint",
        [endpoint],
      );
    });
  }

  it("removes the endpoint when given none", async () => {
    const { nexus, peerID } = await load();
    await nexus.write.setEndpoint([peerID, "http://10.0.0.1"], asOperator);
    await nexus.write.setEndpoint([peerID, ""], asOperator);
    expect(await nexus.read.endpointOf([peerID])).to.equal("");
  });

  it("is for backbone nodes and their operators only", async () => {
    const { nexus, peerID } = await load();
    const light = await registerNode(nexus);
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.setEndpoint([light.peerID, "http://10.0.0.1"], asOperator),
      nexus,
      "NotBackbone",
      [light.peerID],
    );
    await assertions.revertWithCustomError(
      nexus.write.setEndpoint([peerID, "http://10.0.0.1"], asStranger),
      nexus,
      "NotOperator",
    );
  });

  it("ends with the role: on leaving and on becoming a light node", async () => {
    const { nexus, peerID } = await load();
    const other = await registerNode(nexus, { nodeType: BACKBONE_AUTH });
    for (const id of [peerID, other.peerID]) await nexus.write.setEndpoint([id, "http://10.0.0.1"], asOperator);
    const left = nexus.write.deregister([peerID], asOperator);
    await assertions.emitWithArgs(left, nexus, "EndpointSet", [peerID, ""]);
    await nexus.write.update([other.peerID, LIGHT_PUBLIC, EUROPE, 100], asOperator);
    for (const id of [peerID, other.peerID]) expect(await nexus.read.endpointOf([id])).to.equal("");
  });
});
