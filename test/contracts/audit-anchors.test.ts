import { expect } from "chai";
import { parseEther, zeroHash } from "viem";
import { auditAnchorsAbi } from "../../contracts/generated/audit-anchors.ts";
import {
  asOperator,
  assertions,
  BACKBONE_AUTH,
  deploy,
  emptyNexus,
  gasOf,
  networkHelpers,
  operator,
  registerNode,
  stranger,
  type TestNode,
  timeOf,
  underCoverage,
} from "./fixture.ts";

const rootOf = (n: number) => `0x${n.toString(16).padStart(64, "0")}` as const;

describe("AuditAnchors", () => {
  async function anchored() {
    const { nexus } = await emptyNexus();
    const anchors = await deploy("AuditAnchors", auditAnchorsAbi, [nexus.address]);
    await nexus.write.setBackboneApproval([operator.account.address, true]);
    const backbone = await registerNode(nexus, { nodeType: BACKBONE_AUTH });
    const light = await registerNode(nexus);
    for (const { nodeKey } of [backbone, light]) {
      await networkHelpers.impersonateAccount(nodeKey.address);
      await networkHelpers.setBalance(nodeKey.address, parseEther("1"));
    }
    const anchor = ({ nodeKey, mlDsaKeyHash }: TestNode, size: number, root = rootOf(size)) =>
      anchors.write.anchor([mlDsaKeyHash, BigInt(size), root], { account: nodeKey.address });
    return { nexus, anchors, backbone, light, anchor };
  }

  it("keeps the last head of each backbone, and tells of each, also of one that is smaller", async () => {
    const { anchors, backbone, anchor } = await networkHelpers.loadFixture(anchored);
    const { peerID } = backbone;
    expect(await anchors.read.headOf([peerID])).to.deep.equal({ root: zeroHash, size: 0n, anchoredAt: 0n });
    let previous = 0n;
    for (const size of [5, 9, 2]) {
      const sent = anchor(backbone, size);
      await assertions.emitWithArgs(sent, anchors, "Anchored", [peerID, BigInt(size), rootOf(size), previous]);
      const anchoredAt = await timeOf(await sent);
      expect(await anchors.read.headOf([peerID])).to.deep.equal({ root: rootOf(size), size: BigInt(size), anchoredAt });
      previous = BigInt(size);
    }
  });

  it("takes heads from the node key of an active backbone alone, for itself", async () => {
    const { nexus, anchors, backbone, light, anchor } = await networkHelpers.loadFixture(anchored);
    const refused = (sent: Promise<unknown>) => assertions.revertWithCustomError(sent, anchors, "NotABackbone");
    await refused(anchor(light, 1));
    await refused(anchors.write.anchor([backbone.mlDsaKeyHash, 1n, rootOf(1)], { account: stranger.account }));
    await refused(anchors.write.anchor([backbone.mlDsaKeyHash, 1n, rootOf(1)], asOperator));
    await anchor(backbone, 1);
    await nexus.write.deregister([backbone.peerID], asOperator);
    await refused(anchor(backbone, 2));
    expect((await anchors.read.headOf([backbone.peerID])).size).to.equal(1n);
  });

  it("costs less than 100,000 gas the first time, and less than 60,000 from then on", async function () {
    if (underCoverage) this.skip();
    const { backbone, anchor } = await networkHelpers.loadFixture(anchored);
    const first = await gasOf(await anchor(backbone, 1));
    const later = await gasOf(await anchor(backbone, 2));
    expect(Number(first)).to.be.below(100_000);
    expect(Number(later)).to.be.below(60_000);
  });
});
