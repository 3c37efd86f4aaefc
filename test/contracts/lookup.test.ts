import { expect } from "chai";
import type { Hex } from "viem";
import { regionId } from "../../scripts/deploy/parameters.ts";
import {
  asOperator,
  assertions,
  createNode,
  EUROPE,
  emptyNexus,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  networkHelpers,
  OCEANIA,
  registerNode,
} from "./fixture.ts";

describe("NodeNexus look-ups", () => {
  async function elevenNodes() {
    const { nexus } = await emptyNexus();
    const peerIDs: Hex[] = [];
    for (let i = 0; i < 11; i++) peerIDs.push((await registerNode(nexus)).peerID);
    const { peerID: hidden } = await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: 0n });
    const { peerID: far } = await registerNode(nexus, { region: OCEANIA });
    return { nexus, peerIDs, hidden, far };
  }
  const load = () => networkHelpers.loadFixture(elevenNodes);

  it("lists public nodes of the region asked for and no others", async () => {
    const { nexus, peerIDs, far } = await load();
    expect(await nexus.read.getPublicLightNodes([EUROPE, 100n])).to.deep.equal(peerIDs);
    expect(await nexus.read.getPublicLightNodes([OCEANIA, 100n])).to.deep.equal([far]);
    expect(await nexus.read.getPublicLightNodes([regionId("africa"), 100n])).to.deep.equal([]);
  });

  it("returns as many as asked for, as many as there are, or none", async () => {
    const { nexus } = await load();
    for (const [count, length] of [
      [0n, 0],
      [4n, 4],
      [11n, 11],
      [2n ** 256n - 1n, 11],
    ] as const) {
      expect(await nexus.read.getPublicLightNodes([EUROPE, count])).to.have.length(length);
    }
  });

  it("starts where the seed says, so that each node comes first for some seed", async () => {
    const { nexus, peerIDs } = await load();
    const firsts = new Set<Hex | undefined>();
    for (let seed = 0n; seed < 11n; seed++) {
      const list = await nexus.read.getPublicLightNodes([EUROPE, 100n, seed]);
      expect(list).to.have.members(peerIDs);
      firsts.add(list[0]);
    }
    expect(firsts.size).to.equal(11);
    expect(await nexus.read.getPublicLightNodes([EUROPE, 3n, 2n ** 256n - 1n])).to.have.length(3);
  });

  it("pages through all of them once, and says how many there are", async () => {
    const { nexus, peerIDs } = await load();
    const seen: Hex[] = [];
    for (const offset of [0n, 4n, 8n]) {
      const [page, total] = await nexus.read.nodesPage([EUROPE, LIGHT_PUBLIC, offset, 4n]);
      expect(total).to.equal(11n);
      seen.push(...page.map((node) => node.peerID));
    }
    expect(seen).to.deep.equal(peerIDs);
  });

  it("answers a page beyond the end with none, and one of any size with what there is", async () => {
    const { nexus } = await load();
    const page = async (offset: bigint, limit: bigint) =>
      (await nexus.read.nodesPage([EUROPE, LIGHT_PUBLIC, offset, limit]))[0];
    expect(await page(11n, 4n)).to.deep.equal([]);
    expect(await page(2n ** 256n - 1n, 2n ** 256n - 1n)).to.deep.equal([]);
    expect(await page(5n, 2n ** 256n - 1n)).to.have.length(6);
  });

  it("fills a page with the nodes themselves", async () => {
    const { nexus, hidden } = await load();
    const [[node], total] = await nexus.read.nodesPage([EUROPE, LIGHT_PRIVATE, 0n, 1n]);
    expect(node).to.deep.equal(await nexus.read.nodes([hidden]));
    expect(total).to.equal(1n);
  });

  it("counts by region and type", async () => {
    const { nexus, peerIDs } = await load();
    const count = (region: Hex, nodeType: number) => nexus.read.nodeCount([region, nodeType]);
    expect(
      await Promise.all([count(EUROPE, LIGHT_PUBLIC), count(EUROPE, LIGHT_PRIVATE), count(OCEANIA, LIGHT_PUBLIC)]),
    ).to.deep.equal([11n, 1n, 1n]);
    for (const peerID of peerIDs) await nexus.write.deregister([peerID], asOperator);
    expect(await count(EUROPE, LIGHT_PUBLIC)).to.equal(0n);
  });

  it("rejects a region that governance does not list", async () => {
    const { nexus } = await load();
    const atlantis = regionId("atlantis");
    for (const read of [
      nexus.read.getPublicLightNodes([atlantis, 1n]),
      nexus.read.getBackboneNodes([atlantis]),
      nexus.read.nodesPage([atlantis, LIGHT_PUBLIC, 0n, 1n]),
      nexus.read.nodeCount([atlantis, LIGHT_PUBLIC]),
    ]) {
      await assertions.revertWithCustomErrorWithArgs(read, nexus, "UnknownRegion", [atlantis]);
    }
  });

  it("knows nothing of an ID that nobody registered", async () => {
    const { nexus } = await load();
    const { peerID } = createNode();
    expect(await nexus.read.nodes([peerID])).to.deep.include({ operator: `0x${"00".repeat(20)}`, active: false });
    expect(await nexus.read.scoreOf([peerID])).to.equal(0);
    expect(await nexus.read.endpointOf([peerID])).to.equal("");
  });
});
