import { expect } from "chai";
import {
  asOperator,
  BACKBONE_AUTH,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  MINIMUM,
  networkHelpers,
  OCEANIA,
  registerNode,
  timeOf,
  UNBONDING_S,
} from "../contracts/fixture.ts";
import { expectAgreement } from "./agreement.ts";
import { openNetwork } from "./network.ts";

describe("subgraph/nodes", () => {
  it("knows a node from its registration to its withdrawal, and again when it comes back", async () => {
    const network = await openNetwork();
    const { nexus } = network;
    const node = await registerNode(nexus);
    expect(await network.entity("Node", node.peerID)).to.deep.include({
      status: "ACTIVE",
      nodeType: "LIGHT_PUBLIC",
      score: 50,
      mlDsaKeyHash: node.mlDsaKeyHash,
      nodeAddress: node.nodeKey.address.toLowerCase(),
      registeredAt: await timeOf(node.hash),
    });
    await expectAgreement(network);

    await nexus.write.deregister([node.peerID], asOperator);
    await expectAgreement(network);
    expect((await network.entity("Node", node.peerID)).status).to.equal("UNBONDING");
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdraw([node.peerID], asOperator);
    await expectAgreement(network);
    const withdrawn = await network.entity("Node", node.peerID);
    expect(withdrawn).to.deep.include({ status: "WITHDRAWN", pool: "1" });

    await registerNode(nexus, { node, nodeType: LIGHT_PRIVATE, value: 0n, region: OCEANIA });
    await expectAgreement(network);
    const back = await network.entity("Node", node.peerID);
    expect(back).to.deep.include({ status: "ACTIVE", pool: "2", deregisteredAt: null, withdrawnAt: null });
  });

  it("moves a node between regions and types, with its stake and bandwidth", async () => {
    const network = await openNetwork();
    const { nexus } = network;
    const { peerID } = await registerNode(nexus, { nodeType: BACKBONE_AUTH });
    await nexus.write.setEndpoint([peerID, "https://backbone.example:8443"], asOperator);
    await expectAgreement(network);
    const value = MINIMUM / 4n;
    await nexus.write.update([peerID, LIGHT_PUBLIC, OCEANIA, 250], { ...asOperator, value });
    await expectAgreement(network);
    expect(await network.entity("Node", peerID)).to.deep.include({ nodeType: "LIGHT_PUBLIC", endpoint: "" });
    await nexus.write.update([peerID, LIGHT_PUBLIC, OCEANIA, 300], asOperator);
    await expectAgreement(network);
    expect((await network.entity("Region", OCEANIA)).stake).to.equal(MINIMUM + value);
  });

  it("counts an operator's nodes, and what it was paid back", async () => {
    const network = await openNetwork();
    const { nexus } = network;
    const { account } = asOperator;
    const [{ peerID }] = [await registerNode(nexus), await registerNode(nexus), await registerNode(nexus)];
    await nexus.write.deregister([peerID], asOperator);
    expect(await network.entity("Operator", account.address)).to.deep.include({
      approvedBackbone: true,
      activeNodes: 2,
      unbondingNodes: 1,
    });
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdraw([peerID], asOperator);
    expect(await network.entity("Operator", account.address)).to.deep.include({
      activeNodes: 2,
      unbondingNodes: 0,
      withdrawn: MINIMUM,
    });
  });
});
