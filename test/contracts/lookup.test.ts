import { expect } from "chai";
import { concat, encodePacked, type Hex, zeroAddress } from "viem";
import { regionId } from "../../scripts/deploy/parameters.ts";
import {
  asOperator,
  assertions,
  createNode,
  EUROPE,
  emptyNexus,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  MINIMUM,
  networkHelpers,
  OCEANIA,
  owner,
  registerNode,
  UNBONDING_S,
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

  it("tells of each region how many nodes of which type it has, and their bandwidth", async () => {
    const { nexus, peerIDs, hidden, far } = await load();
    const totals = async (region: Hex) => (await nexus.read.regionTotals()).find((row) => row.region === region);
    expect((await nexus.read.regionTotals()).map(({ region }) => region)).to.deep.equal(await nexus.read.regions());
    expect(await totals(EUROPE)).to.deep.equal({
      region: EUROPE,
      open: true,
      nodes: [0n, 1n, 11n],
      bandwidthMbps: [0n, 100n, 1_100n],
    });
    const [first, second] = peerIDs as [Hex, Hex];
    await nexus.write.update([first, LIGHT_PUBLIC, EUROPE, 5], asOperator);
    await nexus.write.update([second, LIGHT_PUBLIC, OCEANIA, 7], asOperator);
    await nexus.write.update([hidden, LIGHT_PRIVATE, EUROPE, 100], asOperator);
    await nexus.write.deregister([far], asOperator);
    await nexus.write.setRegion([OCEANIA, false]);
    expect(await totals(EUROPE)).to.deep.include({ nodes: [0n, 1n, 10n], bandwidthMbps: [0n, 100n, 905n] });
    expect(await totals(OCEANIA)).to.deep.include({ open: false, nodes: [0n, 0n, 1n], bandwidthMbps: [0n, 0n, 7n] });
  });

  it("keeps the bandwidth of a region while scores move", async () => {
    const { nexus, peerIDs } = await load();
    await nexus.write.setScorer([owner.account.address]);
    const changes = await Promise.all(
      peerIDs.map(async (peerID, i) => {
        const { pool } = await nexus.read.poolOf([peerID]);
        return encodePacked(["uint32", "uint8"], [pool, 45 + i]);
      }),
    );
    await nexus.write.applyScores([EUROPE, LIGHT_PUBLIC, concat(changes)]);
    for (const peerID of peerIDs.slice(0, 6)) await nexus.write.deregister([peerID], asOperator);
    const totals = (await nexus.read.regionTotals()).find(({ region }) => region === EUROPE);
    expect(totals).to.deep.include({ nodes: [0n, 1n, 5n], bandwidthMbps: [0n, 100n, 500n] });
  });

  it("sums up what a page of nodes has staked", async () => {
    const { nexus } = await load();
    expect(await nexus.read.stakeIn([EUROPE, LIGHT_PUBLIC, 0n, 2n ** 256n - 1n])).to.deep.equal([11n * MINIMUM, 11n]);
    expect(await nexus.read.stakeIn([EUROPE, LIGHT_PUBLIC, 8n, 4n])).to.deep.equal([3n * MINIMUM, 11n]);
    expect(await nexus.read.stakeIn([OCEANIA, LIGHT_PRIVATE, 0n, 4n])).to.deep.equal([0n, 0n]);
  });

  it("tells everything about a node in one call, leaving or not", async () => {
    const { nexus, far } = await load();
    const details = await nexus.read.nodeDetails([far]);
    expect(details).to.deep.equal({
      node: await nexus.read.nodes([far]),
      score: 50,
      availableAt: 0n,
      unbondingPeriod: BigInt(UNBONDING_S),
      endpoint: "",
      pool: await nexus.read.poolOf([far]),
    });
    await nexus.write.deregister([far], asOperator);
    const [, availableAt] = await nexus.read.unbondingOf([far]);
    expect(await nexus.read.nodeDetails([far])).to.deep.include({ availableAt, unbondingPeriod: 0n });
  });

  it("rejects a region that governance does not list", async () => {
    const { nexus } = await load();
    const atlantis = regionId("atlantis");
    for (const read of [
      nexus.read.getPublicLightNodes([atlantis, 1n]),
      nexus.read.getBackboneNodes([atlantis]),
      nexus.read.nodesPage([atlantis, LIGHT_PUBLIC, 0n, 1n]),
      nexus.read.nodeCount([atlantis, LIGHT_PUBLIC]),
      nexus.read.stakeIn([atlantis, LIGHT_PUBLIC, 0n, 1n]),
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
    const { node, pool, ...rest } = await nexus.read.nodeDetails([peerID]);
    expect([node.operator, pool.operator]).to.deep.equal([zeroAddress, zeroAddress]);
    expect(rest).to.deep.equal({ score: 0, availableAt: 0n, unbondingPeriod: 0n, endpoint: "" });
  });
});
